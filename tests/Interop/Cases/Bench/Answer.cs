using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Ringwright.Interop;

/// <summary>An answer of the REST API, whatever its status.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, string Text)
{
    public JsonNode Body => JsonNode.Parse(Text)!;   // a body that is no JSON fails the test
    public JsonNode Data => Body["data"]!;
    public JsonNode Meta => Body["meta"]!;

    /// <summary>The first error's code; the empty text when there is none.</summary>
    public string Code => (string?)Error?["code"] ?? "";
    public string? Pointer => (string?)Error?["source"]?["pointer"];
    public string? Parameter => (string?)Error?["source"]?["parameter"];
    public JsonNode? Error => Body["errors"]?[0];

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>Fails the test unless this is a refusal of the contract's shape with that status and code.</summary>
    public void Refuses(int status, string code)
    {
        Assert.True(Status == status && Code == code, $"expected {status} {code}, got {Status} {Text}");
        Assert.False(string.IsNullOrEmpty((string?)Error?["title"]), Text);
        Assert.False(string.IsNullOrEmpty((string?)Error?["detail"]), Text);
    }

    public Answer Succeeds(int status = 200)
    {
        Assert.True(Status == status, $"expected {status}, got {Status} {Text}");
        return this;
    }

    /// <summary>A voice command that was accepted.</summary>
    public void IsOk()
    {
        Succeeds();
        Assert.Equal("ok", (string?)Data["result"]);
    }
}
