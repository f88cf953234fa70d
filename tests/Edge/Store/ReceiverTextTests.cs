using System.Text.Json.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Store;

public sealed class ReceiverTextTests
{
    [Theory]
    [InlineData("plain"), InlineData("a\\u0000b"), InlineData("\\\\u0000"), InlineData("\"quoted\" \u00e9 \n")]
    public void What_has_no_zero_stays_as_it_is(string text)
    {
        string json = new JsonObject { ["from"] = text }.ToJsonString();
        Assert.Equal(text, (string?)JsonNode.Parse(ReceiverText.Of(json))!["from"]);
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb"), InlineData("\0", "\uFFFD"), InlineData("\\\0\\u0000\0", "\\\uFFFD\\u0000\uFFFD")]
    public void A_zero_is_replaced_and_nothing_else(string text, string told)
    {
        string json = new JsonObject { ["from"] = text, ["to"] = "x" }.ToJsonString();
        var read = JsonNode.Parse(ReceiverText.Of(json))!;
        Assert.Equal((told, "x"), ((string?)read["from"], (string?)read["to"]));
    }
}
