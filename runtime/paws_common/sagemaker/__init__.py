"""What Amazon SageMaker Runtime alone needs besides its operations."""
