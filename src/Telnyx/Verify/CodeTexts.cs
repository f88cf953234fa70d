using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// Tells a code by a text of the account, which the courier sends as any other: from the name of a messaging profile, or a number of the
/// account that is on one, for that profile's price, and not to who wants no more of its texts. It is valid as long as the code is.
/// </summary>
internal static class CodeTexts
{
    /// <summary>Of a profile, that are looked at: the first that may send does.</summary>
    private const int MostNumbers = 250;

    /// <returns>Null when it is on its way.</returns>
    public static async ValueTask<Problem?> SendAsync(OperationContext op, VerifyParts parts, CodeToSend code, string? country)
    {
        string to = code.Sent.Number;
        if (await SenderAsync(op, parts, to, country, code.Terms.Sender) is not { } sender)
            return At("The code cannot be sent: the account has no number on a messaging profile that is switched on and allows messages "
                + $"to {country ?? "this number's region"}.");
        if (await GateAsync(op, parts, sender.Number, to) is { } closed) return closed;
        string words = VerifyTemplates.Fill(code.Template, code.Code, code.Terms.AppName);
        var text = TextOf(op, sender, to, words, VerifyEvents.FactsOf(code.Sent, code.Terms), code.Sent.CreatedAt,
            TimeSpan.FromSeconds(code.Sent.TimeoutSecs));
        if (text.Parts > SendMessage.MostParts)
            return new("40302", $"The words that tell the code have {text.Parts} parts; {SendMessage.MostParts} are the most.")
            {
                Pointer = "/verify_profile_id",
            };
        var sent = code.Sent with { Text = text.Id };
        var note = op.Note("created", VerificationBody.RecordType, sent.Id.ToString());
        if (await parts.Store.SentCodes.BeginAsync(sent, code.Code, note, op.Stop) is { } often) return CodeToSend.Of(often);
        var allowance = await SendMessage.AllowanceAsync(op, parts.Holds, text, sender.Profile);
        var refusal = await parts.Store.Texts.AddAsync(text, allowance, work: null, op.Stop);
        if (refusal is TextRefusal.None)
        {
            await parts.Store.SentCodes.SupersedeAsync(sent, op.Stop);
            return null;
        }
        await parts.Store.SentCodes.WithdrawAsync(op.Tenant, sent.Id, op.Stop);
        return await RefusedAsync(op, parts, refusal, sender.Profile, text);
    }

    /// <summary>
    /// Tells a code that proves that the account has a number. It goes as other codes do, but nobody is told of it: the account would learn
    /// the code without having the number.
    /// </summary>
    /// <returns>Null when it is on its way.</returns>
    public static async ValueTask<Problem?> ProveAsync(OperationContext op, VerifyParts parts, E164 to, string words, TimeSpan life)
    {
        string? country = parts.Plans.Classify(to).Country;
        if (await SenderAsync(op, parts, to.Text, country) is not { } sender)
            return new(VoiceErrors.BadRequest, "There is no number that the text could come from: this account has none on a messaging "
                + $"profile that is switched on and allows messages to {country ?? "this number's region"}.");
        if (await GateAsync(op, parts, sender.Number, to.Text) is { } closed) return closed;
        var text = TextOf(op, sender, to.Text, words, new() { [MessageBody.Untold] = true }, op.Now, life);
        var allowance = await SendMessage.AllowanceAsync(op, parts.Holds, text, sender.Profile);
        var refusal = await parts.Store.Texts.AddAsync(text, allowance, work: null, op.Stop);
        return refusal is TextRefusal.None ? null : await RefusedAsync(op, parts, refusal, sender.Profile, text);
    }

    /// <returns>Null when the number may be written to.</returns>
    private static async ValueTask<Problem?> GateAsync(OperationContext op, VerifyParts parts, string from, string to)
    {
        if (parts.Gate is not { } gate) return null;
        var answer = await gate.AskAsync(new MessageAttempt { Tenant = op.Tenant, From = from, To = to });
        if (answer.IsOpen) return null;
        var refused = Errors.Of(answer.Refusal) with { Pointer = "/phone_number" };
        return answer.Detail is { } detail ? refused with { Detail = detail } : refused;
    }

    private static async ValueTask<Problem> RefusedAsync(OperationContext op, VerifyParts parts, TextRefusal refusal, TextTerms profile,
        TextMessage text)
    {
        if (refusal is TextRefusal.DailyLimit) await ProfileSpendLimit.TellAsync(parts.Store, op.Tenant, profile, text.Cost, op.Stop);
        return refusal switch
        {
            TextRefusal.Blocked => new("40300", "Whoever has the number has asked for no more messages of the account.") { Status = 400 },
            TextRefusal.NoMoney => new("20100", "What the account has, and may owe, does not pay for this message."),
            _ => new("40333", "The messaging profile's spend limit of the day is reached."),
        };
    }

    /// <summary>The oldest messaging profile that allows it and has the name, or else a number.</summary>
    /// <param name="name">In place of a number, where networks take names; null for none.</param>
    private static async ValueTask<(string Number, TextTerms Profile)?> SenderAsync(OperationContext op, VerifyParts parts, string to,
        string? country, string? name = null)
    {
        var profiles = await parts.Store.Documents.Rows(new DocumentKind(MessagingProfiles.RecordType))
            .ListAsync(op.Tenant, new() { Limit = int.MaxValue }, op.Stop);
        List<TextTerms> allowed = [.. profiles.Rows.Select(TextTerms.Of).Where(terms => terms.IsEnabled && terms.Allows(country))];
        if (name is not null && !to.StartsWith(TextSender.NorthAmerica, StringComparison.Ordinal)
            && allowed.Find(terms => terms.Name == name) is { } named) return (name, named);
        foreach (var terms in allowed)
        {
            var numbers = await MessagingSettings.Rows(parts.Store).ListAsync(op.Tenant,
                new() { Filters = [new(MessagingSettings.Profile, "eq", [terms.Id.ToString()])], Limit = MostNumbers }, op.Stop);
            foreach (var row in numbers.Rows)
                // What is ported out, or was taken off meanwhile, the routing does not have.
                if (row.Body.Text("phone_number") is { } number && number != to
                    && op.Routing.FindOwnNumber(number)?.MessagingProfile == terms.Id) return (number, terms);
        }
        return null;
    }

    private static TextMessage TextOf(OperationContext op, (string Number, TextTerms Profile) sender, string to, string words,
        JsonObject facts, DateTimeOffset now, TimeSpan life)
    {
        var cut = TextCut.Of(words);
        bool isOnNet = op.Routing.FindOwnNumber(to) is not null;
        var rate = op.Routing.Rates.FindText(op.Tenant, Direction.Outbound, to, isOnNet, now);
        return new()
        {
            Id = Guid.CreateVersion7(now), Tenant = op.Tenant, Direction = Direction.Outbound, State = TextState.Queued,
            From = sender.Number, To = to, Profile = sender.Profile.Id, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count,
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0,
            Facts = facts, DueAt = now, ReceivedAt = now, ValidUntil = now + life, IsHidden = true,
        };
    }

    private static Problem At(string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = "/phone_number", Status = 400 };
}
