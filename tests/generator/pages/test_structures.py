"""The reference page of a function describes the structures of its arguments and result."""

import re

from hypothesis import given
from hypothesis import strategies as st

from support import rendered_pages as rendered
from support.hypothesis_settings import examples
from support.model_changes import structure
from support.random_models import examples_of, service_models
from support.service_models import greeting_model


def model_with(**shapes):
    """Return a model with shapes; GreetInput is the argument of its only function."""
    model = greeting_model()
    model["shapes"] |= shapes
    return model


def shown(model):
    return rendered.tree(rendered.pages(model)["example_greet.md"])


def test_union_and_empty_structure_are_described():
    """`golden/pages` has the other forms of structures."""
    place = {**structure({"Town": "Name"}), "union": True}
    given = structure({"Place": "Place", "Empty": "Empty"})
    tree = shown(model_with(GreetInput=given, Place=place, Empty=structure({})))
    (place,) = tree.xpath(".//*[@id = 'type-PlaceInput']/p")
    assert rendered.words(place) == "A union: it contains exactly one of its members."
    (empty,) = tree.xpath(".//*[@id = 'type-EmptyInput']")
    assert rendered.words(empty) == "EmptyInput It has no members."


def test_page_grows_with_structures_and_not_with_uses():
    """Each structure is described once, even if each refers to each."""
    names = [f"Node{number}" for number in range(30)]
    nodes = {name: structure({f"To{to}": to for to in names}) for name in names}
    tree = shown(model_with(GreetInput=structure({"Start": "Node0"}), **nodes))
    assert len(tree.xpath(".//details")) == len(names)
    assert len(tree.xpath(".//details//dt")) == len(names) ** 2


def test_deep_structures_are_described():
    names = [f"Deep{number}" for number in range(200)]
    inner = {
        f"Deep{number}": structure({"Inner": f"Deep{number + 1}"})
        for number in range(199)
    }
    deep = model_with(
        GreetInput=structure({"Outer": "Deep0"}), Deep199=structure({}), **inner
    )
    assert len(shown(deep).xpath(".//details")) == len(names)


@examples(25)
@given(st.data())
def test_anchors_are_unique_and_links_lead_to_them(data):
    model = data.draw(service_models())
    sources = rendered.pages(model, data.draw(examples_of(model)))
    for source in (each for name, each in sources.items() if name != "index.md"):
        tree = rendered.tree(source)
        ids = tree.xpath(".//@id")
        assert len(ids) == len(set(ids))
        targets = re.findall(r'<a (?:id="[^"]*" )?href="#([^"]*)"', source)
        assert set(targets) <= set(ids)


def test_shared_structures_are_described_once():
    tag = {**structure({"Key": "Name"}), "required": ["Key"]}
    model = model_with(GreetInput=structure({"Tag": "Tag"}), Tag=tag)
    model["operations"]["Again"] = {**model["operations"]["Greet"], "name": "Again"}
    files = rendered.pages(model)
    tree = rendered.tree(files["example_greet.md"])
    assert tree.xpath(".//details") == []
    (types,) = rendered.tree(files["types.md"]).xpath(".//*[@id = 'type-TagInput']//dt")
    assert rendered.words(types) == "Key str required"
    (link,) = rendered.arguments(tree)["Tag"][0].xpath(".//a/@href")
    assert link == "../types/#type-TagInput"
