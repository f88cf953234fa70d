using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;
using Ringwright.Telefonie.Numbers;

namespace Ringwright.Telefonie.Messaging;

/// <summary>
/// Takes a message in: everything is checked before a row is written, and the node's courier does the rest. A number of the account takes
/// part in messages from its first one on.
/// </summary>
internal static class TelefonieSend
{
    private const string To = "to", From = "from", Words = "body", Callback = "status_callback", Validity = "validity_period";
    private const int LongestText = 1600, MostParts = 11, ShortestLife = 1, LongestLife = 14_400;
    private static readonly string[] Known = [To, From, Words, "media_url", Callback, Validity];

    public static async ValueTask<Reply> HandleAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        var problems = await CheckAsync(op, parts, body);
        if (problems.Count > 0) return op.Fail(problems);
        string to = (string)body[To]!, from = (string)body[From]!;      // required
        if (PlainTexts.StandingOf(parts.Store, op.Tenant, from) is { } known && RefusalOf(op, known) is { } unfit) return op.Fail(unfit);
        bool isToOwnCode = ShortCode.IsOne(to) && await parts.Store.ShortCodes.FindAsync(to, op.Stop) is not null;
        if (ShortCode.IsOne(to) && !isToOwnCode && !await IsCarriedAsync(parts, to, op.Stop))
            return op.Fail(TelefonieErrors.Bad(To,
                "Nobody of this node has this short code, and no way out of it carries messages there."));
        if (parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = op.Tenant, From = from, To = to, IsOnNet = isToOwnCode });
            if (!answer.IsOpen) return op.Refuse(answer.Refusal, answer.Said);
        }
        var life = (int?)body[Validity] is { } seconds ? TimeSpan.FromSeconds(seconds) : TextLife.Of(op.Routing, to);
        if (!isToOwnCode && parts.WaitOf(to) is { } wait && wait > life)
            return op.Refuse(Refusal.Overloaded,
                $"So much waits for the way to this number that the message would expire: {wait.TotalMinutes:0} minutes.");
        // What does not leave puts no number on a profile.
        var standing = await PlainTexts.JoinAsync(parts.Store, op.Tenant, from, TelefonieNumbers.TextingNote(op), op.Stop);
        if (RefusalOf(op, standing) is { } refusal) return op.Fail(refusal);
        var text = PlainTexts.TextOf(parts.Store, op.Tenant, from, to, (string)body[Words]!,     // it was checked
            TelefonieTexts.FactsOf((string?)body[Callback]), life, isToOwnCode);
        var allowance = await TextAllowance.OfAsync(op.Routing.Rates.CreditsOf(op.Tenant), parts.Holds, text.Cost, dayMicros: null,
            text.ReceivedAt, op.Stop);
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
        if (!IsNumber((string?)body[To]) && !ShortCode.IsOne((string?)body[To] ?? ""))
            problems.Add(TelefonieErrors.Bad(To, $"{To} must be a number in +E.164 format, or a short code."));
        if (!IsNumber((string?)body[From])) problems.Add(TelefonieErrors.Bad(From, $"{From} must be a number in +E.164 format."));
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

    private static bool IsNumber(string? text) => E164.TryParse(text, out var number) && number.Text == text;

    private static async ValueTask<bool> IsCarriedAsync(TelefonieParts parts, string code, CancellationToken stop) =>
        TextCarrier.For((await parts.Store.TextCarriers.ListAsync(stop)).Select(one => one.Value), code).Count > 0;

    private static Problem? RefusalOf(OperationContext op, PlainStanding standing) => standing switch
    {
        PlainStanding.Ready => null,
        PlainStanding.NotOwn => new("caller_not_allowed", $"{From} must be a number of the account.") { Pointer = "/" + From },
        PlainStanding.OnProfile => new(TelefonieErrors.State,
            "Messages of this number follow a profile of another API, by which they are sent.")
        {
            Pointer = "/" + From,
        },
        _ => op.Dialect.Errors.Problem(Fault.Conflict, "Others are changing the number. Try again."),
    };
}
