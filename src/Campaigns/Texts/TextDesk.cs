using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Texts;

/// <summary>A number of this node that takes texts, with its account's rules.</summary>
/// <param name="Allowance">What the node's answer must fit under.</param>
public sealed record TextReceiver(TenantId Tenant, Guid Profile, TextRules Rules, TextAllowance Allowance);

/// <summary>A text as it comes to somebody: from a number of this node, or by a carrier.</summary>
/// <param name="From">+E.164; by carriers also a short code or a name.</param>
/// <param name="To">+E.164.</param>
public sealed record TextToCome(string From, string To, string Words, TextEncoding Encoding, int Parts)
{
    /// <summary>What its receiver's row is called; null for a new name.</summary>
    public Guid? Id { get; init; }
    /// <summary>A program wrote it.</summary>
    public bool IsAutomatic { get; init; }
    /// <summary>What is wrong with it as it is.</summary>
    public TextFault? Fault { get; init; }
    /// <summary>Files of the receiver's own; null for a text that is only one.</summary>
    public IReadOnlyList<TextMedia>? Media { get; init; }
    /// <summary>What stands above the words.</summary>
    public string Subject { get; init; } = "";
    /// <summary>Of a text to several, as its sender keeps it.</summary>
    public JsonObject? Group { get; init; }
    /// <summary>As <see cref="TextMessage.Hops"/>.</summary>
    public int Hops { get; init; }
    /// <summary>It came by a carrier, and its receiver pays what his deck says for that.</summary>
    public bool IsFromAway { get; init; }
}

/// <summary>What is told and paid of texts, and what comes of one that arrives, by whichever way it goes.</summary>
/// <param name="holds">What live calls hold of what an account has; null where no call lives.</param>
public sealed class TextDesk(Database store, ITextFace face, NumberingPlans plans, IHolds? holds)
{
    /// <summary>So long after it was wanted a confirmation of stop still goes out.</summary>
    public static readonly TimeSpan StopAnswerLives = TimeSpan.FromMinutes(5), AnswerLives = TimeSpan.FromHours(1);

    /// <summary>Of a text's facts: somebody of the lab wrote it.</summary>
    public const string OfPerson = "of_person";

    /// <summary>Of a text's facts: to whom else it went, under one id.</summary>
    public const string Group = "group", GroupId = "id";

    public static bool IsOfPerson(TextMessage text) => text.Facts.ContainsKey(OfPerson);

    public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => IsOfPerson(text) ? [] : face.Tell(text, news);

    /// <param name="parts">Those that are paid; all where nothing else is known.</param>
    public IReadOnlyList<MoneyEntry> Charge(TextMessage text, DateTimeOffset now, int? parts = null)
    {
        bool isOut = text.Direction is Direction.Outbound;
        int paid = parts ?? text.Parts;
        if (text.Price is not { } price || (price.Micros + text.FeeMicros) * paid is not (> 0 and var micros)) return [];
        return
        [
            new()
            {
                Tenant = text.Tenant, Kind = MoneyKind.Charge, Amount = price with { Micros = -micros }, Product = MoneyEntry.Sms,
                Direction = text.Direction, Quantity = paid, Unit = MoneyEntry.Part, Note = text.To, At = now,
                BillingGroup = store.Routing.Current.FindOwnNumber(isOut ? text.From : text.To)?.BillingGroup,
            },
        ];
    }

    /// <summary>Whoever writes to a number that takes no texts learns as little of it as a stranger would.</summary>
    /// <returns>Null when no number of this node takes texts to it.</returns>
    public async ValueTask<TextReceiver?> FindReceiverAsync(string to, CancellationToken stop)
    {
        var routing = store.Routing.Current;
        if (await PlaceOfAsync(to, stop).ConfigureAwait(false) is not { Profile: { } profile } place
            || routing.FindTenant(place.Tenant) is not { IsDisabled: false }
            || await face.FindAsync(place.Tenant, profile, to, stop).ConfigureAwait(false) is not { IsEnabled: true } rules)
            return null;
        // Calls hold in the currency that the account is shown; the answer's price is not known yet.
        var allowance = await TextAllowance.OfAsync(routing.Rates.CreditsOf(place.Tenant), holds,
            new(0, routing.Rates.AccountOf(place.Tenant).Currency), rules.DailyMicros, store.Time.GetUtcNow(), stop).ConfigureAwait(false);
        return new(place.Tenant, profile, rules, allowance);
    }

    /// <summary>A number or a short code of the account's that is on the text's profile, or the name of that.</summary>
    public async ValueTask<bool> MaySendAsync(TextMessage text, TextRules rules, CancellationToken stop) =>
        (text.From == rules.SenderName && !ShortCode.IsOne(text.From))
            || (await PlaceOfAsync(text.From, stop).ConfigureAwait(false) is { } place
                && place.Tenant == text.Tenant && place.Profile == text.Profile);

    /// <summary>A text from outside that says it is from here would speak for an account that did not write it.</summary>
    public async ValueTask<bool> IsFromHereAsync(string from, CancellationToken stop) =>
        ShortCode.IsOne(from) ? await store.ShortCodes.FindAsync(from, stop).ConfigureAwait(false) is not null
            : store.Routing.Current.FindOwnNumber(from) is { IsPortedOut: false };

    /// <summary>The receiver's row, and what is written with it: its webhook, rules that come of its words, the node's answer.</summary>
    /// <param name="work">What else is told and paid in the same moment, before the receiver is told.</param>
    public (TextMessage Come, TextReception Reception) Receive(TextToCome what, TextReceiver receiver, DateTimeOffset now,
        IReadOnlyList<OutboxMessage>? told = null, IReadOnlyList<MoneyEntry>? paid = null)
    {
        var (rules, profile, rates) = (receiver.Rules, receiver.Profile, store.Routing.Current.Rates);
        string? country = CountryOf(what.From), word = TextKeywords.Normal(what.Words);
        var keyword = TextKeywords.Of(what.Words, rules.WordsFor(country));
        var rate = what.IsFromAway ? rates.FindText(receiver.Tenant, Direction.Inbound, what.From, isOnNet: false, now) : null;
        var come = new TextMessage
        {
            Id = what.Id ?? Guid.CreateVersion7(now), Tenant = receiver.Tenant, Direction = Direction.Inbound, State = TextState.Received,
            From = what.From, To = what.To, Profile = profile, Words = what.Words, Subject = what.Subject, Encoding = what.Encoding,
            Parts = what.Parts, Keyword = keyword, IsAutomatic = what.IsAutomatic, Fault = what.Fault,
            Facts = rules.Facts.DeepClone().AsObject(),
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0,
            ReceivedAt = now, CompletedAt = now,
        };
        if (what.Group is { } group) come.Facts[Group] = group.DeepClone();
        if (what.Hops > 0) come.Facts[TextMessage.HopsFact] = what.Hops;
        if (what.Media is { } media) come = come.With(media);
        // Short codes and names get no answer: none would arrive, or a program would get it.
        bool isAnswered = keyword is not TextKeyword.None && E164.TryParse(what.From, out _);
        var block = keyword is TextKeyword.Stop ? new TextBlock(profile, come.From, come.To, word?.ToUpperInvariant(), now) : null;
        return (come, new()
        {
            Work = new()
            {
                Messages = [.. told ?? [], .. Tell(come, TextNews.Received)], Money = [.. paid ?? [], .. Charge(come, now)],
                // The one who is written to may be another account than the one who writes.
                Jobs = [.. face.Take(come).Select(job => job with { Tenant = come.Tenant })],
            },
            Stopped = StopRule.Of(block),
            Block = block,
            Lifts = keyword is TextKeyword.Start,
            Answer = isAnswered && rules.AnswerFor(keyword, word, country) is { } words ? AnswerTo(come, words, rules, now) : null,
            Allowance = receiver.Allowance,
        });
    }

    /// <summary>Whose a number or a short code is, and on which profile; null when it is nobody's here.</summary>
    private async ValueTask<Place?> PlaceOfAsync(string party, CancellationToken stop)
    {
        if (!ShortCode.IsOne(party))
            return store.Routing.Current.FindOwnNumber(party) is { } number ? new(number.Tenant, number.MessagingProfile) : null;
        return await store.ShortCodes.FindAsync(party, stop).ConfigureAwait(false) is { } code ? new(code.Tenant, code.Profile) : null;
    }

    private TextMessage AnswerTo(TextMessage come, string words, TextRules rules, DateTimeOffset now)
    {
        var cut = TextCut.Of(words);
        bool isOnNet = store.Routing.Current.FindOwnNumber(come.From) is not null;
        var rate = store.Routing.Current.Rates.FindText(come.Tenant, Direction.Outbound, come.From, isOnNet, now);
        return new()
        {
            Id = Guid.CreateVersion7(now), Tenant = come.Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = come.To,
            To = come.From, Profile = come.Profile, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count,
            Keyword = come.Keyword, IsAutomatic = true, Facts = rules.Facts.DeepClone().AsObject(),
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0,
            DueAt = now, ReceivedAt = now,
            ValidUntil = now + (come.Keyword is TextKeyword.Stop ? StopAnswerLives : AnswerLives),
        };
    }

    private string? CountryOf(string number) => E164.TryParse(number, out var known) ? plans.Classify(known).Country : null;

    private sealed record Place(TenantId Tenant, Guid? Profile);
}
