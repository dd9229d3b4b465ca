"""The reference page of a function describes the structures of its arguments and result."""

import re

from hypothesis import given
from hypothesis import strategies as st

from support import rendered_pages as rendered
from support.hypothesis_settings import examples
from support.random_models import examples_of, service_models
from support.service_models import greeting_model


def structure(**members):
    """Return a structure; each member has its shape, and its name as its text."""
    described = {
        name: {"shape": shape, "documentation": f"<p>Its <i>{name.lower()}</i>.</p>"}
        for name, shape in members.items()
    }
    return {"type": "structure", "members": described}


def nested_model():
    """Return a model with structures in lists, maps, unions and in themselves."""
    model = greeting_model()
    model["shapes"] |= {
        "GreetInput": structure(Tags="Tags", Tree="Tree", Name="Name"),
        "GreetOutput": structure(Tags="Tags", Places="Places", Root="Tree"),
        "Tags": {"type": "list", "member": {"shape": "Tag"}},
        "Tag": {**structure(Key="Name", Value="Name"), "required": ["Key"]},
        "Tree": structure(Leaf="Count", Branches="Trees"),
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
        "Places": {
            "type": "map",
            "key": {"shape": "Name"},
            "value": {"shape": "Place"},
        },
        "Place": {**structure(Town="Name", Tag="Tag"), "union": True},
    }
    return model


def shown(model):
    """Return the tree of the page of the only function."""
    return rendered.tree(rendered.pages(model)["example_greet.md"])


def rows(tree, name):
    """Return the heads and the texts of the members of a structure."""
    (found,) = tree.xpath(f".//*[@id = 'type-{name}']")
    return [*map(rendered.words, found.xpath(".//dt | .//dd"))]


def test_structures_of_arguments_are_described():
    tree = shown(nested_model())
    limits = "Limits: at most 64 characters, matches [a-z]+"
    assert rows(tree, "TagInput") == [
        *("Key str required", f"Its key.{limits}"),
        *("Value str", f"Its value.{limits}"),
    ]
    assert rows(tree, "TreeInput") == [
        *("Leaf int", "Its leaf.Limits: 1 to 10"),
        *("Branches Sequence[TreeInput]", "Its branches."),
    ]


def test_structures_are_folded():
    for folded in shown(nested_model()).xpath(".//details"):
        assert folded.get("open") is None
        assert f"type-{rendered.words(folded[0])}" == folded.get("id")


def test_members_of_the_result_are_described():
    members = shown(nested_model()).xpath(".//dl[@class = 'paws-members']/*")
    assert [*map(rendered.words, members)][:6] == [
        *("Tags list[Tag] | None", "Its tags."),
        *("Places dict[str, Place] | None", "Its places."),
        *("Root Tree | None", "Its root."),
    ]


def test_structure_of_result_refers_to_the_argument():
    tree = shown(nested_model())
    (tag,) = tree.xpath(".//*[@id = 'type-Tag']")
    assert rendered.words(tag) == "Tag has the members of TagInput."
    assert tag.xpath(".//a/@href") == ["#type-TagInput"]
    assert rows(tree, "Place") == [*("Town str", "Its town."), *("Tag Tag", "Its tag.")]
    (place,) = tree.xpath(".//*[@id = 'type-Place']/p")
    assert rendered.words(place) == "A union: it contains exactly one of its members."


def test_structure_without_members_is_described():
    model = nested_model()
    model["shapes"]["Tag"] = {"type": "structure", "members": {}}
    (tag,) = shown(model).xpath(".//*[@id = 'type-TagInput']")
    assert rendered.words(tag) == "TagInput It has no members."


def test_types_link_to_their_structures():
    tree = shown(nested_model())
    (tags,) = rendered.arguments(tree)["Tags"][0].xpath(".//a")
    assert (tags.text, tags.get("href")) == ("TagInput", "#type-TagInput")


def test_page_grows_with_structures_and_not_with_uses():
    """Each structure is described once, even if each refers to each."""
    names = [f"Node{number}" for number in range(30)]
    model = greeting_model()
    model["shapes"] |= {
        name: structure(**{f"To{other}": other for other in names}) for name in names
    }
    model["shapes"]["GreetInput"] = structure(Start="Node0")
    tree = shown(model)
    assert len(tree.xpath(".//details")) == len(names)
    assert len(tree.xpath(".//details//dt")) == len(names) ** 2


def test_deep_structures_are_described():
    model = greeting_model()
    names = [f"Deep{number}" for number in range(200)]
    for name, inner in zip(names, [*names[1:], "Name"], strict=True):
        model["shapes"][name] = structure(Inner=inner)
    model["shapes"]["GreetInput"] = structure(Outer="Deep0")
    assert len(shown(model).xpath(".//details")) == len(names)


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
    model = nested_model()
    model["operations"]["Again"] = {**model["operations"]["Greet"], "name": "Again"}
    files = rendered.pages(model)
    tree = rendered.tree(files["example_greet.md"])
    assert tree.xpath(".//details") == []
    assert rows(rendered.tree(files["types.md"]), "TagInput")[0] == "Key str required"
    (link,) = rendered.arguments(tree)["Tags"][0].xpath(".//a/@href")
    assert link == "../types/#type-TagInput"
