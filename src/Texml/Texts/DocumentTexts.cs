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
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Texts;

/// <summary>A text that a document, or a program by its API, is to send.</summary>
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
    /// <summary>So long it may wait; null where nobody has said it.</summary>
    public TimeSpan? Life { get; init; }
    /// <summary>Who is told what becomes of it; null for nobody.</summary>
    public TextCallback? Callback { get; init; }
    /// <summary>
    /// For the trail, of a number before and after it begins to take part in texts because this one is sent from it; null where a document
    /// sends it.
    /// </summary>
    public Func<Number, Number, UnitOfWork?>? Joining { get; init; }
    /// <summary>Committed with it.</summary>
    public UnitOfWork? Work { get; init; }
}

/// <summary>Why a text is not sent.</summary>
/// <param name="Code">Of the vendor's list, as its API says it.</param>
/// <param name="Said">The end of a sentence.</param>
internal sealed record TextObstacle(string Code, string Said);

/// <param name="Method">POST or GET.</param>
internal sealed record TextCallback(string Url, string Method = "POST");

/// <summary>
/// Takes in texts that documents and their API send. They follow no messaging profile: a number of the account takes part in texts from its
/// first one on.
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

    /// <returns>The text that is on its way; or why there is none.</returns>
    internal async ValueTask<(TextMessage? Text, TextObstacle? Obstacle)> SendAsync(TextOrder order, CancellationToken stop)
    {
        var (tenant, from, to, words) = order;
        if (await ObstacleOfAsync(order, stop) is { } obstacle) return (null, obstacle);
        bool isToOwnCode = ShortCode.IsOne(to) && await store.ShortCodes.FindAsync(to, stop) is not null;
        if (Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = tenant, From = from, To = to, IsOnNet = isToOwnCode });
            if (!answer.IsOpen)
            {
                return (null, new(CodeOf(answer.Refusal),
                    answer.Said?.TrimEnd('.') ?? $"it may not go there: {SnakeName.Of(answer.Refusal)}"));
            }
        }
        if (!isToOwnCode && WaitOf(to) is { } wait && wait > (order.Life ?? TextLife.Of(store.Routing.Current, to)))
            return (null, new(TwimlErrors.Busy, $"so much waits for the way to {to} that it would expire"));
        var (files, unfetched) = await MediaFetch.FetchAsync(egress, tenant, order.Files, store.Time.GetUtcNow(), stop);
        if (unfetched is not null) return (null, new(TwimlErrors.Media, unfetched.Detail?.TrimEnd('.') ?? "its files cannot be had"));
        // What does not leave puts no number on a profile.
        if (await PlainTexts.JoinAsync(store, tenant, from, order.Joining ?? JoinedNote, stop) is not PlainStanding.Ready and var standing)
            return (null, ObstacleOf(standing, from));
        var text = PlainTexts.TextOf(store, tenant, from, to, words, TwimlTexts.FactsOf(order.Callback), order.Life, isToOwnCode);
        if (order.Id is { } id) text = text with { Id = id };
        if (order.Hops > 0) text.Facts[TextMessage.HopsFact] = order.Hops;
        if (files.Count > 0) text = text.With([.. files.Select(file => file.Media)]) with { Parts = 1 };
        var allowance = await TextAllowance.OfAsync(store.Routing.Current.Rates.CreditsOf(tenant), Holds, text.Cost, dayMicros: null,
            text.ReceivedAt, stop);
        return await store.Texts.AddAsync(text, files, allowance, order.Work, stop) switch
        {
            // Who asked for it died then, and asks again.
            TextRefusal.None or TextRefusal.Repeated => (text, null),
            TextRefusal.Blocked => (null, new(TwimlErrors.Blocked, $"{to} has asked for no more")),
            _ => (null, new(CodeOf(Refusal.InsufficientFunds), "what the account has, and may owe, does not pay for it")),
        };
    }

    /// <summary>What can be said without asking anybody else.</summary>
    private async ValueTask<TextObstacle?> ObstacleOfAsync(TextOrder order, CancellationToken stop)
    {
        var (tenant, from, to, words) = order;
        bool isCode = ShortCode.IsOne(to);
        if (!isCode && !(E164.TryParse(to, out var number) && number.Text == to))
            return new(TwimlErrors.To, $"{to} is no number in +E.164 format and no short code");
        if (to == from) return new(TwimlErrors.ToItself, "it is to the number that it is from");
        if (words.Length == 0 && order.Files.Count == 0) return new(TwimlErrors.Empty, "there is nothing to send");
        if (words.Length > LongestText) return new(TwimlErrors.TooLong, $"it has more than {LongestText} characters");
        if (words.Contains('\0')) return new(TwimlErrors.Invalid, "it has the character U+0000");
        if (PlainTexts.StandingOf(store, tenant, from) is { } standing and not PlainStanding.Ready) return ObstacleOf(standing, from);
        if (order.Files.Count > 0 && store.Routing.Current.FindOwnNumber(to) is null or { IsPortedOut: true })
            return new(TwimlErrors.Unreachable, "no way out of this node carries files: they go to its own numbers alone");
        if (await store.TextContents.FindInAsync(words, stop) is not null)
            return new(TwimlErrors.Filtered, "the operator lets no text with such words out");
        if (!isCode || await store.ShortCodes.FindAsync(to, stop) is not null) return null;
        return TextCarrier.For((await store.TextCarriers.ListAsync(stop)).Select(one => one.Value), to).Count > 0 ? null
            : new(TwimlErrors.Unreachable, $"nobody of this node has the short code {to}, and no way out carries texts there");
    }

    private static TextObstacle ObstacleOf(PlainStanding standing, string from) => standing switch
    {
        PlainStanding.NotOwn => new(TwimlErrors.Sender, $"{from} is no number of the account"),
        PlainStanding.OnProfile =>
            new(TwimlErrors.Sender, $"texts of {from} follow a messaging profile of another API, by which they are sent"),
        _ => new(TwimlErrors.Duplicate, $"others are changing {from}"),
    };

    /// <summary>As calls have it, but for what the vendor says otherwise of texts.</summary>
    private static string CodeOf(Refusal refusal) => refusal switch
    {
        Refusal.DoNotCall => TwimlErrors.Blocked,
        Refusal.CountryNotAllowed or Refusal.PremiumDestination => TwimlErrors.Country,
        _ => TwimlErrors.Of(refusal).Code,
    };

    /// <summary>For the trail, of a number that begins to take part in texts because a document sends from it.</summary>
    private UnitOfWork? JoinedNote(Number was, Number becomes) => new AuditNote
    {
        Tenant = becomes.Tenant, At = store.Time.GetUtcNow(), By = AuditActor.Node, Change = "updated", RecordType = "phone_number",
        ResourceId = becomes.Text, Before = new() { ["messaging_profile_id"] = was.MessagingProfile?.ToString() },
        After = new() { ["messaging_profile_id"] = becomes.MessagingProfile?.ToString() },
    };
}
