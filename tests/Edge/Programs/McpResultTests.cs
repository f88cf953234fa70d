using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>What a model is told of what a tool of the Model Context Protocol answers.</summary>
public sealed class McpResultTests
{
    [Theory]
    // The words say it all, as JSON or in sentences.
    [InlineData("""{"price": 10, "size": "L\u00e4"}""", """{"size":"Lä","price":10}""", """{"price": 10, "size": "L\u00e4"}""")]
    [InlineData("A Large one is 10 euros.", """{"size":"large","price":10,"sold":null}""", "A Large one is 10 euros.")]
    // They say only that there is something.
    [InlineData("2 projects.", """{"projects":["a1","b2"]}""", "2 projects.\n{\"projects\":[\"a1\",\"b2\"]}")]
    // There are none.
    [InlineData("", """{"price":10}""", """{"price":10}"""), InlineData("", "null", "Done."), InlineData("Yes.", "null", "Yes.")]
    public void Data_that_the_words_do_not_say_stands_behind_them(string text, string data, string told)
    {
        var result = new JsonObject
        {
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
            ["structuredContent"] = JsonNode.Parse(data),
        };
        Assert.Equal(told, McpResult.Of(result));
        result["isError"] = true;
        Assert.Equal(told is "Done." ? "Not done: the tool failed." : $"Not done: {told}", McpResult.Of(result));
    }
}
