using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>For an agency whose own model's key does not open: nobody is asked, least of all the node's model in its place.</summary>
internal sealed class LockedJudge(string model) : ICallJudge
{
    public string Model => model;

    public ValueTask<Judgement> AskAsync(string instructions, JsonObject schema, string transcript, CancellationToken stop) =>
        new(new Judgement(null, "the key of its own model does not open: it was sealed by a database with another token key",
            IsRefused: true));
}
