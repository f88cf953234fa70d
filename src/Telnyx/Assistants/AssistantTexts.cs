using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Texts that assistants send to whom they talk with, from the account's number in the talk: messages of that number's messaging profile,
/// to its rules and at its price, as those that the account sends itself. The courier has them from here.
/// </summary>
public sealed class AssistantTexts
{
    private MessagingParts? _parts;

    /// <summary>From here on they can be sent.</summary>
    public void Open(MessagingParts parts) => Volatile.Write(ref _parts, parts);

    /// <inheritdoc cref="MessagingParts.WaitOf"/>
    public TimeSpan? WaitOf(string to) => Volatile.Read(ref _parts) is { } parts ? parts.WaitOf(parts.Store.Routing.Current, to) : null;

    /// <summary>Takes one in, for the other end of the call.</summary>
    /// <returns>Why it is not on its way, as a sentence that holds nothing of its words; null when it is.</returns>
    public async ValueTask<string?> SendAsync(LegFacts leg, string words, CancellationToken stop)
    {
        if (Volatile.Read(ref _parts) is not { } parts) return "The node has only begun: no texts go out yet.";
        var call = OrderedCall.Of(leg, controlId: "");
        if (!E164.TryParse(call.EndUser, out var recipient) || recipient.Text != call.EndUser || call.EndUser == call.Agent)
            return "The other end of the call has no number that texts can be sent to.";
        var (routing, now) = (parts.Store.Routing.Current, parts.Store.Time.GetUtcNow());
        if (routing.FindOwnNumber(call.Agent) is not { MessagingProfile: { } profile } own || own.Tenant != leg.Tenant
            || await MessageFace.TermsAsync(parts.Store, leg.Tenant, profile.ToString(), stop) is not { } terms)
            return "The account's number in this call is on no messaging profile, so that no texts go out from it.";
        if (!terms.IsEnabled) return "The messaging profile is switched off.";
        if (!terms.Allows(parts.Plans.Classify(recipient).Country))
            return "The messaging profile allows no messages to this number's region.";
        words = terms.WordsOf(words);
        var cut = TextCut.Of(words);
        if (await SendMessage.WordsFaultAsync(parts, words, cut, isAlone: true, stop) is { Detail: var wrong })
            return wrong ?? "The message cannot have these words.";
        if (parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = leg.Tenant, From = call.Agent, To = call.EndUser });
            if (!answer.IsOpen) return answer.Detail ?? $"The number may not be written to: {answer.Rule ?? SnakeName.Of(answer.Refusal)}.";
        }
        var text = TextOf(Guid.CreateVersion7(now), leg.Tenant, terms, routing, call.Agent, call.EndUser, words, now);
        if (await SendMessage.HoursFaultAsync(parts, text, stop) is { } closed) return closed;
        if (SendMessage.QueueFault(parts, routing, call.EndUser) is { Detail: var full }) return full ?? "Too much waits for the way out.";
        var allowance = await TextAllowance.OfAsync(routing.Rates.CreditsOf(leg.Tenant), parts.Holds, text.Cost, terms.DailyMicros, now,
            stop);
        var refused = await parts.Store.Texts.AddAsync(text, allowance, work: null, stop);
        if (refused is TextRefusal.DailyLimit) await ProfileSpendLimit.TellAsync(parts.Store, leg.Tenant, terms, text.Cost, stop);
        return refused is TextRefusal.None ? null : SendMessage.ProblemOf(refused).Detail ?? SnakeName.Of(refused);
    }

    /// <summary>One that is to go at once.</summary>
    internal static TextMessage TextOf(Guid id, TenantId tenant, TextTerms profile, RoutingSnapshot routing, string from, string to,
        string words, DateTimeOffset now)
    {
        var cut = TextCut.Of(words);
        var rate = routing.Rates.FindText(tenant, Direction.Outbound, to, routing.FindOwnNumber(to) is not null, now);
        return new()
        {
            Id = id, Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from, To = to,
            Profile = profile.Id, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count,
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0,
            Facts = new()
            {
                [MessageBody.WebhookUrl] = profile.WebhookUrl, [MessageBody.FailoverUrl] = profile.WebhookFailoverUrl,
                [MessageBody.Version] = profile.Version,
                [MessageBody.Tags] = new JsonArray([.. (routing.FindOwnNumber(from)?.Tags ?? []).Select(tag => (JsonNode)tag)]),
            },
            DueAt = now, ReceivedAt = now, ValidUntil = now + TextLife.Of(routing, to),
        };
    }
}
