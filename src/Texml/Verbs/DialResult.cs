using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>What came of a Dial, as its action hears of it.</summary>
internal sealed record DialResult(string Status, LegFacts? Leg, TimeSpan Talked)
{
    public static readonly DialResult Failed = new("failed", null, TimeSpan.Zero);

    /// <summary>The caller has hung up, and nothing follows.</summary>
    public bool IsCallOver { get; private init; }

    /// <summary>What was answered to the INVITE; null where nothing was.</summary>
    public int? SipStatus { get; private init; }

    /// <summary>The INVITE, and what else was said to it; null where that is not known.</summary>
    public SipAnswer? Answer { get; private init; }

    /// <summary>The caller's own leg was recorded.</summary>
    public bool IsCallerRecorded { get; init; }

    /// <summary>What the caller goes on with, because whom he talked to has referred him to somebody; null where nobody has.</summary>
    public Fetched? Referred { get; init; }

    /// <param name="joined">Whom the caller talked to; null for nobody.</param>
    public static DialResult Of(IReadOnlyList<CallEvent.LegEnded> over, LegId? joined)
    {
        if (joined is { } peer)
        {
            return over.FirstOrDefault(ended => ended.Leg.Id == peer) is { } end
                ? new("completed", end.Leg, end.EndedAt() - (end.Leg.AnsweredAt ?? end.EndedAt()))
                {
                    SipStatus = 200, Answer = end.Answer,
                }
                : new("completed", null, TimeSpan.Zero);
        }
        if (over.Count == 0) return Failed;
        // Of several the one that says most: somebody who talks, then nobody who answers.
        var words = over.Select(ended => (Word: CallStatus.Ended(ended), End: ended)).ToList();
        foreach (string word in (string[])["busy", "no-answer"])
            if (words.Find(one => one.Word == word) is { End: { } found })
                return Unreached(word, found);
        return Unreached(words[0].Word is "completed" ? "no-answer" : words[0].Word, words[0].End);
    }

    private static DialResult Unreached(string word, CallEvent.LegEnded end) =>
        new(word, end.Leg, TimeSpan.Zero) { SipStatus = StatusOf(end), Answer = end.Answer };

    private static int? StatusOf(CallEvent.LegEnded ended) => ended.Leg.AnsweredAt is null ? ended.SipStatus : 200;

    /// <summary>The caller has hung up: on whom he talked to, or while it rang.</summary>
    /// <param name="end">Of his call; null where the node has let it go.</param>
    /// <param name="other">Whom he talked to, or one of those that rang; null where that is not known any more.</param>
    /// <param name="answer">Of the one whom he talked to.</param>
    public static DialResult WithoutCaller(CallEvent.LegEnded? end, IReadOnlyList<CallEvent.LegEnded> over, LegId? joined, LegFacts? other,
        SipAnswer? answer = null)
    {
        if (joined is null) return new("canceled", other, TimeSpan.Zero) { IsCallOver = true };
        if (over.Any(ended => ended.Leg.Id == joined)) return Of(over, joined) with { IsCallOver = true };
        var talked = other?.AnsweredAt is { } since && end?.EndedAt() is { } until ? until - since : TimeSpan.Zero;
        return new("completed", other, talked) { IsCallOver = true, SipStatus = 200, Answer = answer };
    }

    public IReadOnlyList<KeyValuePair<string, string>> Fields(DocumentCall call)
    {
        var fields = new List<KeyValuePair<string, string>>
        {
            new("DialCallStatus", Status),
            new("DialCallDuration", ((long)Math.Ceiling(Talked.TotalSeconds)).ToString(CultureInfo.InvariantCulture)),
        };
        if (call.Language.IsTwiml) fields.Add(new("DialBridged", StatusFields.Word(Status is "completed")));
        if (Leg is null) return fields;
        if (call.Language.IsTwiml && Leg.To.StartsWith("sip", StringComparison.OrdinalIgnoreCase)) fields.AddRange(OfSip());
        return [.. fields, .. call.Language.Named("DialCallSid", call.Language.Call(Leg.Tenant, Leg.Id))];
    }

    private IEnumerable<KeyValuePair<string, string>> OfSip()
    {
        if (Answer is { } answer) yield return new("DialSipCallId", answer.CallId);
        if (SipStatus is { } status) yield return new("DialSipResponseCode", status.ToString(CultureInfo.InvariantCulture));
        foreach (var header in Language.Headers("DialSipHeader_", Answer?.Headers ?? [])) yield return header;
    }
}
