using System.Text.Json.Nodes;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>What a run knows by name.</summary>
public sealed class FlowVariablesTests
{
    private readonly FlowVariables _variables = new();

    [Theory]
    [InlineData("You owe ${target.due}.", "You owe 42.00.")]
    [InlineData("${target.due}${target.due}", "42.0042.00")]
    [InlineData("a ${nothing} b", "a  b")]
    [InlineData("${ target.due }", "42.00")]
    [InlineData("no $ and no {braces}", "no $ and no {braces}")]
    [InlineData("never closed ${target.due", "never closed ${target.due")]
    [InlineData("$${target.due}", "$42.00")]
    [InlineData("${}", "")]
    public void Names_become_their_values(string text, string filled)
    {
        Assert.Null(_variables.TrySet("target.due", "42.00"));
        Assert.Equal(filled, _variables.Fill(text));
    }

    [Theory]
    [InlineData("""{"due":"42.00","count":2,"isNew":true,"all":[1],"none":null}""", "target.due=42.00 target.count=2 target.isNew=true")]
    [InlineData("free text", ""), InlineData("", ""), InlineData("[1]", ""), InlineData(null, "")]
    [InlineData("""{"due":"\ud800"}""", ""), InlineData("""{"due":1,"due":2}""", "")]
    public void Members_of_a_targets_data_are_known_where_it_has_any(string? data, string known) =>
        Assert.Equal(known, string.Join(' ', FlowRecords.OfTarget(data).Select(one => $"{one.Key}={one.Value}")));

    [Fact]
    public void What_a_value_says_is_not_filled_again()
    {
        _variables.Set("call.id", "secret");
        _variables.TrySet("name", "${voipbin.call.id}");
        Assert.Equal("${voipbin.call.id}", _variables.Fill("${name}"));
    }

    [Fact]
    public void Between_quotation_marks_of_JSON_a_value_is_a_part_of_that_text_and_no_member()
    {
        const string name = """Ada","admin":true,"x":"\""";
        _variables.Set("call.source.name", name);
        _variables.TrySet("lines", "[1,2]");
        var said = JsonNode.Parse(_variables.FillJson(
            """{"name":"${voipbin.call.source.name}","known":"as \"${voipbin.call.source.name}\"","lines":${lines}}"""))!.AsObject();
        Assert.Equal(["name", "known", "lines"], said.Select(one => one.Key));
        Assert.Equal((name, $"as \"{name}\"", 2), ((string?)said["name"], (string?)said["known"], said["lines"]!.AsArray().Count));
    }

    [Theory] // what a customer's own variable says is its own business
    [InlineData("http://a.example/${voipbin.call.source.name}?name=${voipbin.call.source.name}&n=1", false,
        "http://a.example/Ada&admin=1#?name=Ada%26admin=1%23&n=1")]
    [InlineData("http://a.example/?${own}&own=${own}", false, "http://a.example/?a=+1&b=2&own=a=+1&b=2")]
    [InlineData("name=${voipbin.call.source.name}${voipbin.call.source.name}", true, "name=Ada%26admin=1%23Ada%26admin=1%23")]
    [InlineData("${voipbin.call.source.name}", true, "Ada&admin=1#")]
    public void A_value_of_the_nodes_own_begins_no_other_parameter(string text, bool isForm, string filled)
    {
        _variables.Set("call.source.name", "Ada&admin=1#");
        _variables.TrySet("own", "a=+1&b=2");
        Assert.Equal(filled, _variables.FillParameters(text, isForm));
    }

    [Fact]
    public void Texts_deep_in_options_are_filled_but_not_those_of_other_runs()
    {
        _variables.TrySet("n", "1");
        var option = (JsonObject)JsonNode.Parse("""{"a":"${n}","b":[{"c":"${n}"}],"d":5,"actions":[{"option":{"text":"${n}"}}]}""")!;
        Assert.Equal("""{"a":"1","b":[{"c":"1"}],"d":5,"actions":[{"option":{"text":"${n}"}}]}""",
            _variables.Fill(option).ToJsonString().Replace("\\u0024", "$", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_the_nodes_own_are_not_given_away()
    {
        Assert.NotNull(_variables.TrySet("voipbin.call.id", "x"));
        Assert.NotNull(_variables.TrySet("VOIPBIN.call.id", "x"));
        Assert.NotNull(_variables.TrySet("", "x"));
        Assert.Equal("", _variables.Get("voipbin.call.id"));
    }

    [Fact]
    public void There_are_a_hundred_and_no_more()
    {
        for (int i = 0; i < 100; i++) Assert.Null(_variables.TrySet($"v{i}", "x"));
        Assert.NotNull(_variables.TrySet("v100", "x"));
        Assert.Null(_variables.TrySet("v7", "another value"));
        _variables.Clear("v8");
        Assert.Null(_variables.TrySet("v100", "x"));
    }

    [Fact]
    public void A_value_and_all_together_have_their_bounds()
    {
        Assert.Null(_variables.TrySet("a", new('x', 32 * 1024)));
        Assert.NotNull(_variables.TrySet("b", new('x', 32 * 1024 + 1)));
        Assert.Null(_variables.TrySet("b", new('x', 32 * 1024 - 2)));      // with the two names 64 K exactly
        Assert.NotNull(_variables.TrySet("c", ""));
        Assert.Null(_variables.TrySet("b", ""));
        Assert.Null(_variables.TrySet("c", new('x', 1_000)));
    }

    [Fact]
    public void Nobody_makes_a_text_of_any_length_out_of_a_short_one()
    {
        _variables.TrySet("a", new('x', 32 * 1024));
        string text = string.Concat(Enumerable.Repeat("${a}", 4));
        Assert.Equal(128 * 1024, _variables.Fill(text).Length);
        Assert.Throws<FlowFailedException>(() => _variables.Fill(text + "y"));
        var option = new JsonObject { ["a"] = new JsonArray("${a}${a}", "${a}${a}", "y") };
        Assert.Throws<FlowFailedException>(() => _variables.Fill(option));
    }
}
