using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>Asks for sounds as TwiML does: with SIDs, and signed.</summary>
internal sealed class TwimlSounds(IDocumentSounds sounds, Ids ids, IDocumentRecords records) : IDocumentSounds
{
    public async ValueTask<DocumentSounds> ReadAsync(SoundsAsked asked, CancellationToken stop) => await sounds.ReadAsync(asked with
    {
        Parameters = [.. asked.Parameters.Select(one => new KeyValuePair<string, string>(one.Key, one.Key switch
        {
            "AccountSid" => TwimlSids.Account(asked.Tenant),
            "ConferenceSid" when Guid.TryParse(one.Value, out var conference) => TwimlSids.Conference(conference),
            "CallSid" when ids.TryReadCallControl(one.Value, asked.Tenant, out var leg) => TwimlSids.Call(leg),
            _ => one.Value,
        }))],
        Token = await records.FindTokenAsync(asked.Tenant, stop),
        IsTwiml = true,
    }, stop);

    public bool IsKept(TenantId account, string url) => TwimlLanguage.RecordingIn(account, url) is not null;
}
