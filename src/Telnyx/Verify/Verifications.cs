using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// Sends a code to a number, and says whether what came back is right. A wrong, late or used code is an answer and no error; whoever
/// guesses has five tries.
/// </summary>
internal static class Verifications
{
    private const string Number = "phone_number", Profile = "verify_profile_id", Code = "code", Custom = "custom_code",
        Timeout = "timeout_secs", Status = "status", Type = "type", Id = "verification_id";

    public static async ValueTask<Reply> Create(OperationContext op, VerifyParts parts, CodeWay way)
    {
        var body = op.ReadObject();
        TypedNumbers.Lay(body, Number);
        if (!E164.TryParse(body.Text(Number), out var number) || parts.Plans.Classify(number) is not { IsPossible: true } facts)
            return op.Fail(At("/" + Number, $"{Number} must be a phone number in +E.164 format.") with { Code = VoiceErrors.NotE164 });
        if (await VerifyProfiles.FindAsync(parts.Store, op.Tenant, body.Text(Profile), op.Stop) is not { } profile)
            return op.Unknown(Profile);
        if (CodeTerms.Of(profile, way) is not { } terms)
            return op.Fail(At("/" + Profile, $"The profile has no settings for '{VerifyProfiles.ChannelOf(way)}'."));
        if (!terms.Allows(facts.Country))
            return op.Fail(At("/" + Number, $"The profile allows no codes to {facts.Country ?? "this number's region"}."));
        string? custom = body.Filled(Custom);
        if (custom is not null && !IsCode(custom))
            return op.Fail(At("/" + Custom, $"{Custom} must have {CodeTerms.DigitRange.Least} to {CodeTerms.DigitRange.Most} digits."));
        if (VerifyProfiles.Range(body, Timeout, CodeTerms.TimeoutRange) is { } bad) return op.Fail(At("/" + Timeout, bad));

        string template = (terms.Template is { } named ? await VerifyTemplates.FindAsync(parts.Store, op.Tenant, named, op.Stop) : null)
            ?? VerifyTemplates.Usual(terms.IsNamed ? terms.AppName : null);
        var now = op.Now;
        var sent = new SentCode
        {
            Id = Guid.CreateVersion7(now), Tenant = op.Tenant, Profile = terms.Profile, Number = number.Text, Way = way,
            IsCustom = custom is not null, TimeoutSecs = body.Whole(Timeout) ?? terms.Timeout, CreatedAt = now, UpdatedAt = now,
        };
        string? from = way is CodeWay.Flashcall && parts.FlashCallers is { } range ? FlashCalls.Choose(range) : null;
        if (way is CodeWay.Flashcall && from is null)
            return op.Fail(At("/" + Number,
                "There are no numbers that such a call could come from: the operator has named none (--flash-from)."));
        string code = from is null ? custom ?? RandomOf(terms.CodeLength) : from[^CodeTerms.Digits..];
        var toSend = new CodeToSend(sent, terms, template, code);
        return await (way switch
        {
            CodeWay.Sms => CodeTexts.SendAsync(op, parts, toSend, facts.Country),
            CodeWay.Call => CodeCalls.SendAsync(op, parts, toSend),
            _ => FlashCalls.SendAsync(op, parts, toSend, from!),        // it is there for such a call
        }) is { } problem ? op.Fail(problem) : op.Ok(VerificationBody.Of(sent, custom));
    }

    /// <summary>As older clients ask: by one path, and the way in a field, where flashcall may be two words.</summary>
    public static ValueTask<Reply> CreateByType(OperationContext op, VerifyParts parts)
    {
        string type = op.ReadObject().Filled(Type) ?? VerifyProfiles.ChannelOf(CodeWay.Sms);
        if (type is "flash_call") type = VerifyProfiles.ChannelOf(CodeWay.Flashcall);
        foreach (var way in Enum.GetValues<CodeWay>())
            if (VerifyProfiles.ChannelOf(way) == type) return Create(op, parts, way);
        return new(op.Fail(At("/" + Type, $"{Type} must be sms, call or flashcall.")));
    }

    public static async ValueTask<Reply> Get(OperationContext op, VerifyParts parts) =>
        Guid.TryParse(op.Path(Id), out var id) && await parts.Store.SentCodes.FindAsync(op.Tenant, id, op.Stop) is { } found
            ? op.Ok(VerificationBody.Of(found)) : op.Unknown(Id);

    /// <summary>Of a number, newest first.</summary>
    public static async ValueTask<Reply> List(OperationContext op, VerifyParts parts)
    {
        if (!op.TryNumber(Number, out var number)) return op.Unknown(Number);
        var (rows, total) = await parts.Store.SentCodes.ListAsync(op.Tenant, number.Text, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)VerificationBody.Of(row))], total);
    }

    public static async ValueTask<Reply> Verify(OperationContext op, VerifyParts parts)
    {
        if (!Guid.TryParse(op.Path(Id), out var id) || await parts.Store.SentCodes.FindAsync(op.Tenant, id, op.Stop) is not { } asked)
            return op.Unknown(Id);
        var body = op.ReadObject();
        string code = TypedCode.Of(body.Text(Code) ?? "");
        string? status = body.Filled(Status);
        if (status is not null && !asked.IsCustom)
            return op.Fail(At("/" + Status, $"{Status} is for verifications with a {Custom}: the node knows this code itself."));
        if (status is null && code.Length == 0) return op.Fail(NoCode);
        bool? said = status is null ? null : status is "accepted";
        return await parts.Store.SentCodes.JudgeAsync(op.Tenant, id, code, said, op.Stop) is { } judged
            ? Judged(op, judged) : op.Unknown(Id);
    }

    /// <summary>
    /// By the newest code that the profile had sent to the number; examples of the vendor's name none, and mean the last one.
    /// </summary>
    public static async ValueTask<Reply> VerifyNumber(OperationContext op, VerifyParts parts)
    {
        var body = op.ReadObject();
        // Who has typed nothing yet has not guessed.
        if (TypedCode.Of(body.Text(Code) ?? "") is not { Length: > 0 } code) return op.Fail(NoCode);
        if (!op.TryNumber(Number, out var number)
            || (await parts.Store.SentCodes.ListAsync(op.Tenant, number.Text, 0, 1, op.Stop)).Rows is not [var last, ..])
            return op.Unknown(Number);
        var by = last.Profile;
        if (body.Filled(Profile) is { } named)
        {
            if (await VerifyProfiles.FindAsync(parts.Store, op.Tenant, named, op.Stop) is not { } profile) return op.Unknown(Profile);
            by = Guid.Parse(profile.Id);
        }
        return await parts.Store.SentCodes.JudgeNewestAsync(op.Tenant, by, number.Text, code, op.Stop)
            is { } judged ? Judged(op, judged) : op.Unknown(Number, "This profile had no code sent to the number.");
    }

    private static Reply Judged(OperationContext op, JudgedCode judged) => op.Ok(new JsonObject
    {
        [Number] = judged.Code.Number,
        ["response_code"] = judged.IsRight ? "accepted" : "rejected",
    });

    private static bool IsCode(string text) =>
        text.Length >= CodeTerms.DigitRange.Least && text.Length <= CodeTerms.DigitRange.Most && text.All(char.IsAsciiDigit);

    private static string RandomOf(int digits) => string.Create(digits, 0, static (text, _) =>
    {
        for (int i = 0; i < text.Length; i++) text[i] = (char)('0' + RandomNumberGenerator.GetInt32(10));
    });

    private static Problem NoCode => At("/" + Code, $"{Code} is needed.");

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = pointer, Status = 400 };
}

/// <summary>A code on its way to a number.</summary>
/// <param name="Template">What it is told with.</param>
internal sealed record CodeToSend(SentCode Sent, CodeTerms Terms, string Template, string Code)
{
    /// <summary>What is said of limits that do not let it out.</summary>
    public static Problem Of(TooManyCodes often) =>
        new("10011", string.Create(CultureInfo.InvariantCulture,
            $"Codes are limited to {often.Rule}: try again in {Math.Ceiling(often.Wait.TotalSeconds):0} s."))
        {
            Pointer = "/phone_number",
        };
}
