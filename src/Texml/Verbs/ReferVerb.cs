using System.Globalization;
using Ringwright.Calls;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Asks the far end to call somebody else in our place.</summary>
internal static class ReferVerb
{
    /// <summary>What the far end answers to a REFER that it takes (RFC 3515 section 2.4.2).</summary>
    private const string Taken = "202";

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        string? said = element.Children.FirstOrDefault(child => child.Name == "Sip")?.Text;
        if (said?.StartsWith("sip", StringComparison.OrdinalIgnoreCase) is not true)
        {
            await call.WarnAsync($"Refer needs a Sip with a SIP URI ({element.At})");
            return Step.Next;
        }
        string to = await TargetAsync(call, said);
        await call.AnswerAsync();
        if (!await call.TrySendAsync(new LegCommand.Refer(to), "Refer")) return Step.Next;
        bool isTaken = false;
        CallEvent.ReferEnded? ended = null;
        while (ended is null)
        {
            object happened = await call.NextAsync(e => e is CallEvent.ReferStarted or CallEvent.ReferEnded);
            isTaken |= happened is CallEvent.ReferStarted;
            ended = happened as CallEvent.ReferEnded;
        }
        string code = ended.SipStatus.ToString(CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> fields =
            [new("ReferCallStatus", StatusOf(ended)), new("ReferSipResponseCode", isTaken ? Taken : code)];
        if (isTaken) fields.Add(new("NotifySipResponseCode", code));
        if (!call.Language.IsTwiml) fields.Add(new("Timestamp", call.Language.Time(call.Parts.Time.GetUtcNow())));
        // Who got through hangs up on us at once.
        return await Actions.GoAsync(call, values, fields, usesDocument: false, outlivesCall: true);
    }

    /// <summary>Of the call that was to take the place of this one: it goes on where somebody was reached.</summary>
    private static string StatusOf(CallEvent.ReferEnded ended) => ended.SipStatus switch
    {
        >= 200 and <= 299 => "in-progress",
        486 or 600 => "busy",
        487 => "canceled",
        _ => "failed",
    };

    /// <summary>
    /// Headers behind a question mark stay in the URI: whoever is referred is to send them (RFC 3261 section 19.1.1). Those that may not be
    /// set are told.
    /// </summary>
    private static async ValueTask<string> TargetAsync(DocumentCall call, string said)
    {
        string[] parts = said.Split('?', 2);
        if (parts.Length == 1) return said;
        var headers = new List<string>();
        foreach (string pair in parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] header = pair.Split('=', 2);
            string value = header.Length > 1 ? Uri.UnescapeDataString(header[1]) : "";
            if (HeaderRules.Refuse(header[0], value, isStandard: false) is { } why) await call.WarnAsync(why);
            else if (headers.Count == VoiceLimits.Headers) await call.WarnAsync($"there are more than {VoiceLimits.Headers} headers");
            else headers.Add($"{Uri.EscapeDataString(header[0])}={Uri.EscapeDataString(value)}");
        }
        return headers.Count == 0 ? parts[0] : $"{parts[0]}?{string.Join('&', headers)}";
    }
}
