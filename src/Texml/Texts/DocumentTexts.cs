using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Texml.Texts;

/// <summary>A text that a document is to send.</summary>
/// <param name="From">+E.164 of a number of the account.</param>
/// <param name="To">+E.164, or a short code.</param>
internal sealed record TextOrder(TenantId Tenant, string From, string To, string Words)
{
    /// <summary>Its own: of two with the same one is sent. Null for a new one.</summary>
    public Guid? Id { get; init; }
    /// <summary>Of files that go with it.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>As <see cref="TextMessage.Hops"/>.</summary>
    public int Hops { get; init; }
    /// <summary>Who is told what becomes of it; null for nobody.</summary>
    public TextCallback? Callback { get; init; }
}

/// <param name="Method">POST or GET.</param>
internal sealed record TextCallback(string Url, string Method = "POST");

/// <summary>
/// Takes in texts that documents send. They follow no messaging profile: a number of the account takes part in texts from its first one on.
/// All is asked before a row is written, and the courier asks it again.
/// </summary>
public sealed class DocumentTexts(Database store, EgressClient egress)
{
    private const int LongestText = 1_600;

    /// <summary>Says whether a number may be written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>So long a text to a number waits for its way out of the node; null where none leads there.</summary>
    public Func<string, TimeSpan?> WaitOf { get; init; } = static _ => null;

    /// <returns>The text that is on its way; or why there is none, as the end of a sentence.</returns>
    internal async ValueTask<(TextMessage? Text, string? Fault)> SendAsync(TextOrder order, CancellationToken stop)
    {
        var (tenant, from, to, words) = order;
        if (await FaultOfAsync(order, stop) is { } fault) return (null, fault);
        bool isToOwnCode = ShortCode.IsOne(to) && await store.ShortCodes.FindAsync(to, stop) is not null;
        if (Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = tenant, From = from, To = to, IsOnNet = isToOwnCode });
            if (!answer.IsOpen) return (null, answer.Said ?? $"it may not go there: {SnakeName.Of(answer.Refusal)}");
        }
        if (!isToOwnCode && WaitOf(to) is { } wait && wait > TextLife.Of(store.Routing.Current, to))
            return (null, $"so much waits for the way to {to} that it would expire");
        var (files, unfetched) = await MediaFetch.FetchAsync(egress, tenant, order.Files, store.Time.GetUtcNow(), stop);
        if (unfetched is not null) return (null, unfetched.Detail?.TrimEnd('.') ?? "its files cannot be had");
        // What does not leave puts no number on a profile.
        if (await PlainTexts.JoinAsync(store, tenant, from, JoinedNote, stop) is not PlainStanding.Ready and var standing)
            return (null, FaultOf(standing, from));
        var text = PlainTexts.TextOf(store, tenant, from, to, words, TwimlTexts.FactsOf(order.Callback), life: null, isToOwnCode);
        if (order.Id is { } id) text = text with { Id = id };
        if (order.Hops > 0) text.Facts[TextMessage.HopsFact] = order.Hops;
        if (files.Count > 0) text = text.With([.. files.Select(file => file.Media)]) with { Parts = 1 };
        var allowance = await TextAllowance.OfAsync(store.Routing.Current.Rates.CreditsOf(tenant), Holds, text.Cost, dayMicros: null,
            text.ReceivedAt, stop);
        return await store.Texts.AddAsync(text, files, allowance, work: null, stop) switch
        {
            // Who asked for it died then, and asks again.
            TextRefusal.None or TextRefusal.Repeated => (text, null),
            TextRefusal.Blocked => (null, $"{to} has asked for no more"),
            _ => (null, "what the account has, and may owe, does not pay for it"),
        };
    }

    /// <summary>What can be said without asking anybody else.</summary>
    private async ValueTask<string?> FaultOfAsync(TextOrder order, CancellationToken stop)
    {
        var (tenant, from, to, words) = order;
        bool isCode = ShortCode.IsOne(to);
        if (!isCode && !(E164.TryParse(to, out var number) && number.Text == to))
            return $"{to} is no number in +E.164 format and no short code";
        if (to == from) return "it is to the number that it is from";
        if (words.Length == 0 && order.Files.Count == 0) return "there is nothing to send";
        if (words.Length > LongestText) return $"it has more than {LongestText} characters";
        if (words.Contains('\0')) return "it has the character U+0000";
        if (PlainTexts.StandingOf(store, tenant, from) is { } standing and not PlainStanding.Ready) return FaultOf(standing, from);
        if (order.Files.Count > 0 && store.Routing.Current.FindOwnNumber(to) is null or { IsPortedOut: true })
            return "no way out of this node carries files: they go to its own numbers alone";
        if (await store.TextContents.FindInAsync(words, stop) is not null) return "the operator lets no text with such words out";
        if (!isCode || await store.ShortCodes.FindAsync(to, stop) is not null) return null;
        return TextCarrier.For((await store.TextCarriers.ListAsync(stop)).Select(one => one.Value), to).Count > 0 ? null
            : $"nobody of this node has the short code {to}, and no way out carries texts there";
    }

    private static string FaultOf(PlainStanding standing, string from) => standing switch
    {
        PlainStanding.NotOwn => $"{from} is no number of the account",
        PlainStanding.OnProfile => $"texts of {from} follow a messaging profile of another API, by which they are sent",
        _ => $"others are changing {from}",
    };

    /// <summary>For the trail, of a number that begins to take part in texts because a document sends from it.</summary>
    private UnitOfWork? JoinedNote(Number was, Number becomes) => new AuditNote
    {
        Tenant = becomes.Tenant, At = store.Time.GetUtcNow(), By = AuditActor.Node, Change = "updated", RecordType = "phone_number",
        ResourceId = becomes.Text, Before = new() { ["messaging_profile_id"] = was.MessagingProfile?.ToString() },
        After = new() { ["messaging_profile_id"] = becomes.MessagingProfile?.ToString() },
    };
}
