using System.Text.Json.Nodes;
using Ringwright.Egress;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Edge.Telnyx;

/// <summary>A call of TeXML by REST, in the words of a dial: fields of newer clients, for which the contract has no types.</summary>
public sealed class InitiateBodyTests
{
    [Theory]
    [InlineData("45", 45), InlineData("\"45\"", 45), InlineData("\"\"", null), InlineData("null", null)]
    public void How_long_it_may_ring_comes_as_a_number_a_text_or_an_empty_field_of_a_form(string written, int? seconds)
    {
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var json = JsonNode.Parse($$"""{"To":"+15550100001","From":"+15550100000","Timeout":{{written}},"TimeLimit":{{written}} }""");
        var body = new VoiceBody(json!.AsObject(), egress);
        var dial = InitiateBody.Read(body);
        Assert.Empty(body.Problems);
        Assert.Equal((seconds, seconds), ((int?)dial["timeout_secs"], (int?)dial["time_limit_secs"]));
    }

    [Theory, InlineData("\"soon\""), InlineData("\" \""), InlineData("[]"), InlineData("true")]
    public void Anything_else_is_refused_by_its_name(string written)
    {
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var body = new VoiceBody(JsonNode.Parse($$"""{"To":"a","From":"b","Timeout":{{written}} }""")!.AsObject(), egress);
        InitiateBody.Read(body);
        Assert.Equal("/Timeout", Assert.Single(body.Problems).Pointer);
    }
}
