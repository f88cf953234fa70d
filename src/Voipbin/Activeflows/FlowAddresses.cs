using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Addresses of the API as what can be dialled.</summary>
internal static class FlowAddresses
{
    private const int MostCharacters = 255;

    /// <summary>All of them as numbers and SIP URIs.</summary>
    /// <returns>Else why not, as part of a sentence.</returns>
    public static async ValueTask<(IReadOnlyList<string> To, string? Fault)> ReadAsync(FlowRunner run, IReadOnlyList<JsonObject> addresses)
    {
        var to = new List<string>();
        foreach (var address in addresses)
        {
            VoipbinAddress.FoldId(address);
            if (Party(address) is { } party) to.Add(party);
            else if (await run.Parts.Resolve(run.Tenant, address, run.Interrupted) is { Count: > 0 } behind) to.AddRange(behind);
            else return ([], $"nobody can be called at {(string?)address["type"]} '{(string?)address["target"]}'");
        }
        return to.Count > FlowLimits.Destinations ? ([], $"more than {FlowLimits.Destinations} would ring at once") : (to, null);
    }

    /// <summary>A number or a SIP URI; null for an address of another type, for one that is none, and for none.</summary>
    public static string? Party(JsonObject? address) =>
        (address is null ? null : VoipbinAddress.TypeOf(address), (string?)address?["target"]) switch
        {
            ("tel", { } number) when E164.TryParse(number, out _) => number,
            ("sip", { } place) when IsPlace(place) =>
                place.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
                    || place.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? place : "sip:" + place,
            _ => null,
        };

    /// <summary>What else would be a header, a parameter or another URI is refused here; the rest is the engine's to judge.</summary>
    private static bool IsPlace(string text) => text.Length <= MostCharacters && text.Contains('@', StringComparison.Ordinal)
        && !text.AsSpan().ContainsAny("<>\"?, ") && text.All(c => c is > ' ' and < '\u007f');
}
