using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Messaging;

/// <summary>
/// Takes a message in: everything is checked before a row is written, and the node's courier does the rest. A number of the account takes
/// part in messages from its first one on.
/// </summary>
internal static class TelefonieSend
{
    private const string To = "to", From = "from", Words = "body", Callback = "status_callback", Validity = "validity_period";
    private const int LongestText = 1600, MostParts = 11, ShortestLife = 1, LongestLife = 14_400, UsualLife = 3_600;
    private static readonly string[] Known = [To, From, Words, "media_url", Callback, Validity];

    public static async ValueTask<Reply> HandleAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        var problems = await CheckAsync(op, parts, body);
        if (problems.Count > 0) return op.Fail(problems);
        string to = (string)body[To]!, from = (string)body[From]!;      // required
        var (profile, refusal) = await JoinAsync(op, parts, from);
        if (refusal is not null) return op.Fail(refusal);
        if (parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = op.Tenant, From = from, To = to });
            if (!answer.IsOpen) return op.Refuse(answer.Refusal, answer.Detail);
        }
        var text = TextOf(op, body, profile);
        var allowance = await TextAllowance.OfAsync(op.Routing.Rates.CreditsOf(op.Tenant), parts.Holds, text.Cost, dayMicros: null, op.Now,
            op.Stop);
        return await parts.Store.Texts.AddAsync(text, allowance, op.Note("created", TelefonieMessages.RecordType, text.Id.ToString()),
            op.Stop) switch
        {
            TextRefusal.Blocked => op.Fail(new Problem("destination_not_allowed", "The recipient has asked for no more messages.")
            {
                Pointer = "/" + To,
            }),
            TextRefusal.None => op.Created(TelefonieMessage.Write(text)),
            _ => op.Fail(new Problem("insufficient_funds", "The balance does not pay for this message.")),
        };
    }

    /// <summary>What the schema cannot say.</summary>
    private static async ValueTask<IReadOnlyList<Problem>> CheckAsync(OperationContext op, TelefonieParts parts, JsonObject body)
    {
        var problems = TelefonieFields.Unknown(body, Known).ToList();
        foreach (string name in (string[])[To, From])
            if (!(E164.TryParse((string?)body[name], out var number) && number.Text == (string?)body[name]))
                problems.Add(TelefonieErrors.Bad(name, $"{name} must be a number in +E.164 format."));
        if (problems.Count == 0 && TelefonieFields.Uncallable(body) is { } alias) problems.Add(alias);
        if (problems.Count == 0 && (string?)body[To] == (string?)body[From])
            problems.Add(TelefonieErrors.Bad(To, "A message cannot be sent to the number that it is from."));
        string words = (string?)body[Words] ?? "";
        if (words.Length is 0 or > LongestText || words.Contains('\0'))
            problems.Add(TelefonieErrors.Bad(Words, $"{Words} has 1 to {LongestText} characters, and not U+0000."));
        else if (TextCut.Of(words).Parts.Count is > MostParts and var count)
            problems.Add(TelefonieErrors.Bad(Words, $"{Words} would be {count} segments; {MostParts} are the most."));
        if (body[Validity] is JsonValue life && !(life.TryGetValue(out int seconds) && seconds is >= ShortestLife and <= LongestLife))
            problems.Add(TelefonieErrors.Bad(Validity, $"{Validity} is {ShortestLife} to {LongestLife} seconds."));
        if ((string?)body[Callback] is { Length: > 0 } url
                && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
            problems.Add(TelefonieErrors.Bad(Callback, verdict.Detail ?? $"{Callback} is no URL that may be used."));
        return problems;
    }

    /// <summary>The profile that the number is on, which from now on is one.</summary>
    private static async ValueTask<(Guid Profile, Problem? Refusal)> JoinAsync(OperationContext op, TelefonieParts parts, string from)
    {
        var own = TelefonieTexts.ProfileOf(op.Tenant);
        if (op.Routing.FindOwnNumber(from) is not { IsPortedOut: false } number || number.Tenant != op.Tenant)
            return (own, new("caller_not_allowed", $"{From} must be a number of the account.") { Pointer = "/" + From });
        if (number.MessagingProfile == own) return (own, null);
        if (number.MessagingProfile is not null)
            return (own, new(TelefonieErrors.State, "Messages of this number follow a profile of another API, by which they are sent.")
            {
                Pointer = "/" + From,
            });
        return await TelefonieTexting.JoinAsync(op, parts, from) ? (own, null)
            : (own, op.Dialect.Errors.Problem(Fault.Conflict, "Others are changing the number. Try again."));
    }

    private static TextMessage TextOf(OperationContext op, JsonObject body, Guid profile)
    {
        string to = (string)body[To]!, words = (string)body[Words]!;
        var cut = TextCut.Of(words);
        var rate = op.Routing.Rates.FindText(op.Tenant, Direction.Outbound, to, op.Routing.FindOwnNumber(to) is not null, op.Now);
        return new()
        {
            Id = Guid.CreateVersion7(op.Now), Tenant = op.Tenant, Direction = Direction.Outbound, State = TextState.Queued,
            From = (string)body[From]!, To = to, Profile = profile, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count,
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0,
            Facts = TelefonieTexts.FactsOf((string?)body[Callback]), DueAt = op.Now, ReceivedAt = op.Now,
            ValidUntil = op.Now + TimeSpan.FromSeconds((int?)body[Validity] ?? UsualLife),
        };
    }
}
