using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// Takes the texts that phones send: each is a message from the first number of the phone's connection, and is judged as a request for one
/// is. It is written before the phone hears so; the courier does the rest, and asks again. From a number that is on no messaging profile
/// nothing is sent; but whoever gets texts there may say that he wants no more, which is only the receiver's row.
/// </summary>
/// <param name="phones">They are shown what comes to their number; null where none registers.</param>
public sealed class PhoneSender(MessagingParts parts, TextDesk desk, TextPhones? phones) : IPhoneTextTaker
{
    private const int Taken = 202, BadRequest = 400, Forbidden = 403, NotFound = 404, TooLarge = 413, Busy = 503;
    /// <summary>More than a person writes: who has stolen a phone's password sends no flood.</summary>
    private const int MostInAMinute = 60;

    private readonly Database _store = parts.Store;
    private readonly BruteForceLimiter _sent = new();

    public async ValueTask<PhoneTextVerdict> TakeAsync(TextOfPhone text, CancellationToken stop)
    {
        try
        {
            return await JudgeAsync(Meant(text), stop);
        }
        catch (StoreUnavailableException)
        {
            return new(Busy);
        }
    }

    /// <summary>Bare digits come as a number. Those that are no possible one are a short code, or a colleague's name.</summary>
    private TextOfPhone Meant(TextOfPhone come) => come.To is ['+', .. var digits] && ShortCode.IsOne(digits)
        && E164.TryParse(come.To, out var number) && !parts.Plans.Classify(number).IsPossible ? come with { To = digits } : come;

    private async ValueTask<PhoneTextVerdict> JudgeAsync(TextOfPhone come, CancellationToken stop)
    {
        var (routing, now, tenant) = (_store.Routing.Current, _store.Time.GetUtcNow(), come.Connection.Tenant);
        if (routing.FindTenant(tenant) is not { IsDisabled: false }) return No("10010", "The account is switched off.");
        if (!_sent.TryCount($"{tenant}\n{come.User}", MostInAMinute, now))
            return new(Busy, $"A phone may send {MostInAMinute} texts in a minute.");
        if (routing.FindNumberOf(come.Connection) is not { IsPortedOut: false } own || own.Tenant != tenant)
            return No("40305", "The phone's connection has no number.");
        if (own.MessagingProfile is not { } profile) return await AskAsync(come, own, now, stop);
        // A colleague's name may be the digits of a short code: he is who is meant.
        var recipient = RecipientOf(come.To, tenant, routing);
        var (here, nobody) = recipient is null ? await SendMessage.FindCodeAsync(parts, come.To, stop) : (null, null);
        // Whoever writes to an emergency number is told that nobody reads it there, and not that it is wrong.
        if (nobody is not null && parts.Gate is { } judge
            && await judge.AskAsync(new MessageAttempt { Tenant = tenant, From = own.Text, To = come.To })
                is { Refusal: Refusal.EmergencyDestination } emergency)
            return No("10010", emergency.Said ?? emergency.Rule ?? SnakeName.Of(emergency.Refusal));
        if (nobody is not null) return new(NotFound, "Nobody has this number or name.");
        string to = recipient?.Text ?? come.To;
        if (to == own.Text) return No("40310", "A message cannot be sent to the number that it is from.");
        var cut = TextCut.Of(come.Words);
        if (come.Words.Contains('\0')) return new(BadRequest, "A message may not hold the character U+0000.");
        if (cut.Parts.Count > SendMessage.MostParts)
            return new(TooLarge, $"40302 The message has {cut.Parts.Count} parts; {SendMessage.MostParts} are the most.");
        if (await _store.TextContents.FindInAsync(come.Words, stop) is not null)
            return No("40322", "The operator of the node lets no message with such words out.");
        // Who is on the node's own profile may do what the node allows.
        var terms = profile == PlainTexts.ProfileOf(tenant) ? null : await MessageFace.TermsAsync(_store, tenant, profile.ToString(), stop);
        if (terms is null && profile != PlainTexts.ProfileOf(tenant)) return No("40312", "The messaging profile is not there any more.");
        if (terms is { IsEnabled: false }) return No("40312", "The messaging profile is switched off.");
        string? country = SendMessage.CountryOf(parts, to, own.Text, here);
        if (terms?.Allows(country) is false)
            return No("40309", $"The messaging profile allows no messages to {country ?? "this number's region"}.");
        if (parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = tenant, From = own.Text, To = to, IsOnNet = here is not null });
            if (answer.Refusal is Refusal.Overloaded) return new(Busy);
            if (!answer.IsOpen) return No("10010", answer.Said ?? answer.Rule ?? SnakeName.Of(answer.Refusal));
        }
        var text = TextOf(come, own, to, cut, terms, routing, now, isOnNet: here is not null);
        if (await ClosedAsync(text, now, stop) is { } closed) return No("10010", closed);
        if (here is null && SendMessage.QueueFault(parts, routing, to) is { } full) return No(full.Code, full.Detail ?? "");
        var allowance = await TextAllowance.OfAsync(routing.Rates.CreditsOf(tenant), parts.Holds, text.Cost, terms?.DailyMicros, now, stop);
        var refused = await _store.Texts.AddAsync(text, allowance, work: null, stop);
        if (refused is TextRefusal.None or TextRefusal.Repeated) return new(Taken);
        if (refused is TextRefusal.DailyLimit && terms is not null)
            await ProfileSpendLimit.TellAsync(_store, tenant, terms, text.Cost, stop);
        var problem = SendMessage.ProblemOf(refused);
        return No(problem.Code, problem.Detail ?? "");
    }

    /// <summary>No more, again, or help: nothing else is taken from a number that is on no profile, and these cost nothing.</summary>
    private async ValueTask<PhoneTextVerdict> AskAsync(TextOfPhone come, Number own, DateTimeOffset now, CancellationToken stop)
    {
        var refusal = No("40305", "The phone's number is on no messaging profile: only STOP, START and HELP are taken from it.");
        if (come.To == own.Text || await desk.FindReceiverAsync(come.To, stop) is not { } receiver) return refusal;
        var cut = TextCut.Of(come.Words);
        var (text, reception) = desk.Receive(new(own.Text, come.To, come.Words, cut.Encoding, cut.Parts.Count)
        {
            Id = IdOf(come, own, now),
        }, receiver, now);
        if (text.Keyword is TextKeyword.None) return refusal;
        var outcome = await _store.Texts.ReceiveAsync(text, reception, stop);
        if (outcome is WriteOutcome.Done) phones?.Show(text);
        return outcome is WriteOutcome.Done or WriteOutcome.Duplicate ? new(Taken) : refusal;
    }

    /// <summary>The same request again is the same message.</summary>
    private static Guid IdOf(TextOfPhone come, Number own, DateTimeOffset now) =>
        MessageKey.IdOf(own.Tenant, "phone\n" + come.Key, now);

    /// <summary>A number, or the number of a colleague whom the phone calls by name.</summary>
    private static E164? RecipientOf(string to, TenantId tenant, RoutingSnapshot routing)
    {
        if (E164.TryParse(to, out var dialled)) return dialled;
        return routing.Sip.FindUser(to) is { } user && user.Tenant == tenant
            && routing.FindConnection(tenant, user.Connection) is { } connection && routing.FindNumberOf(connection) is { } number
            && E164.TryParse(number.Text, out var theirs) ? theirs : null;
    }

    private TextMessage TextOf(TextOfPhone come, Number own, string to, TextCut cut, TextTerms? terms, RoutingSnapshot routing,
        DateTimeOffset now, bool isOnNet)
    {
        var rate = routing.Rates.FindText(own.Tenant, Direction.Outbound, to, isOnNet || routing.FindOwnNumber(to) is not null, now);
        return new()
        {
            Id = IdOf(come, own, now), Tenant = own.Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = own.Text,
            To = to, Profile = terms?.Id ?? PlainTexts.ProfileOf(own.Tenant), Words = come.Words,
            Encoding = cut.Encoding, Parts = cut.Parts.Count, Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency),
            FeeMicros = rate?.FeeMicros ?? 0,
            Facts = new()
            {
                [MessageBody.WebhookUrl] = terms?.WebhookUrl, [MessageBody.FailoverUrl] = terms?.WebhookFailoverUrl,
                [MessageBody.Version] = terms?.Version,
                [MessageBody.Tags] = new JsonArray([.. own.Tags.Select(tag => (JsonNode)tag)]),
            },
            DueAt = now, ReceivedAt = now, ValidUntil = now + TextLife.Of(routing, to),
        };
    }

    /// <summary>Why it cannot arrive while it is valid; null when it can.</summary>
    private async ValueTask<string?> ClosedAsync(TextMessage text, DateTimeOffset now, CancellationToken stop)
    {
        if (parts.Hours is not { } hours) return null;
        return await hours.NextAsync(text, now, stop) is { } open && open < text.ValidUntil ? null
            : "quiet_hours: the account's hours do not let the message arrive now.";
    }

    private static PhoneTextVerdict No(string code, string why) => new(Forbidden, $"{code} {why}");
}
