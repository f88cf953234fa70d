using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>By which operation a message is asked for, and so which kind of sender it must have.</summary>
internal enum SendKind { Any, LongCode, ShortCode, Pool, Scheduled, Name }

/// <summary>Whom a message is from, and the profile whose rules it follows.</summary>
/// <param name="Text">A number of the account's, a short code of its, or the name of the profile.</param>
internal sealed record TextSender(string Text, TextTerms Profile)
{
    public const string From = "from";
    /// <summary>Beginning of the numbers to which networks take no names.</summary>
    public const string NorthAmerica = "+1";

    private const string Asked = "messaging_profile_id";
    private const int LongestName = 11;

    /// <summary>A name: nobody can answer to it, and files do not go from it.</summary>
    public bool IsName => IsOneName(Text);

    /// <returns>One of the two.</returns>
    public static ValueTask<(TextSender?, Problem?)> FindAsync(OperationContext op, MessagingParts parts, JsonObject body, SendKind kind,
        string to)
    {
        UuidFields.Lay(body, Asked);
        string? from = kind is SendKind.Pool ? null : OwnOf(op, body.Filled(From));
        if (from is null) return OfPoolAsync(op, parts, body, to);
        if (kind is SendKind.Name && !IsOneName(from))
            return new((null, At(From, "40306", $"{From} must be a name: the alpha_sender of the messaging profile.")));
        if (ShortCode.IsOne(from)) return kind is SendKind.LongCode ? new((null, NotOwn)) : OfCodeAsync(op, parts, body, from);
        if (kind is SendKind.ShortCode)
            return new((null, At(From, "40305", $"{From} must be a short code of this account that is on a messaging profile.")));
        return IsOneName(from) && kind is not SendKind.LongCode ? OfNameAsync(op, parts, body, from, to)
            : OfNumberAsync(op, parts, body, from);
    }

    /// <summary>Digits without a plus are a number of the account where it has that one; a short code is shorter.</summary>
    private static string? OwnOf(OperationContext op, string? from) =>
        from is not null && from.All(char.IsAsciiDigit) && !ShortCode.IsOne(from)
            && op.Routing.FindOwnNumber("+" + from) is { } own && own.Tenant == op.Tenant ? own.Text : from;

    private static Problem NotOwn =>
        At(From, "40305", $"{From} must be a number of this account that is on a messaging profile, the named one.");

    private static async ValueTask<(TextSender?, Problem?)> OfPoolAsync(OperationContext op, MessagingParts parts, JsonObject body,
        string to)
    {
        if (body.Filled(Asked) is not { } asked) return (null, Missing(op, From, $"{From} or {Asked} is required."));
        if (await MessageFace.TermsAsync(parts.Store, op.Tenant, asked, op.Stop) is not { } terms) return (null, NoProfile);
        if (terms.Pool is not { } pool)
            return (null, At(Asked, "40321", "The messaging profile has no number_pool_settings: say which number the message is from."));
        var (chosen, isForHealth) = await SenderPool.ChooseAsync(op, parts, terms, pool, to);
        if (chosen is not null) return (new(chosen, terms), null);
        return (null, isForHealth
            ? At(Asked, "40315", "Too little of what the numbers of the messaging profile's pool send arrives, and it skips such numbers.")
            : At(Asked, "40321", "No number of the messaging profile's pool can be used."));
    }

    private static async ValueTask<(TextSender?, Problem?)> OfNumberAsync(OperationContext op, MessagingParts parts, JsonObject body,
        string from) =>
        op.Routing.FindOwnNumber(from) is { MessagingProfile: { } profile } own && own.Tenant == op.Tenant
            ? await OnProfileAsync(op, parts, body, from, profile) : (null, NotOwn);

    private static async ValueTask<(TextSender?, Problem?)> OfCodeAsync(OperationContext op, MessagingParts parts, JsonObject body,
        string from) =>
        await parts.Store.ShortCodes.FindAsync(from, op.Stop) is { Profile: { } profile } own && own.Tenant == op.Tenant
            ? await OnProfileAsync(op, parts, body, from, profile)
            : (null, At(From, "40305", $"{From} must be a short code of this account that is on a messaging profile, the named one."));

    private static async ValueTask<(TextSender?, Problem?)> OnProfileAsync(OperationContext op, MessagingParts parts, JsonObject body,
        string from, Guid profile) =>
        (body.Filled(Asked) is not { } asked || asked == profile.ToString())
            && await MessageFace.TermsAsync(parts.Store, op.Tenant, profile.ToString(), op.Stop) is { } terms
            ? (new(from, terms), null) : (null, NotOwn);

    /// <summary>A profile has one name, so that who reads its settings knows what its texts can be from.</summary>
    private static async ValueTask<(TextSender?, Problem?)> OfNameAsync(OperationContext op, MessagingParts parts, JsonObject body,
        string from, string to)
    {
        if (body.Filled(Asked) is not { } asked)
            return (null, Missing(op, Asked, $"{Asked} is required where {From} is no number: its messaging profile says the name."));
        if (await MessageFace.TermsAsync(parts.Store, op.Tenant, asked, op.Stop) is not { } terms) return (null, NoProfile);
        if (terms.Name != from)
            return (null, At(From, "40306", $"{From} must be the alpha_sender of the messaging profile, letter by letter."));
        return to.StartsWith(NorthAmerica, StringComparison.Ordinal)
            ? (null, At(From, "40319", $"Numbers of {NorthAmerica} get no messages from a name: send from a number."))
            : (new(from, terms), null);
    }

    /// <summary>It looks like a short code or a name, whoever has it.</summary>
    public static bool IsNoNumber(string text) => ShortCode.IsOne(text) || IsOneName(text);

    private static bool IsOneName(string text) => text.Length is > 0 and <= LongestName && text.Any(char.IsAsciiLetter)
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is ' ');

    private static Problem NoProfile => At(Asked, "40305", $"{Asked} names no messaging profile of this account.");

    private static Problem Missing(OperationContext op, string field, string detail) =>
        op.Dialect.Errors.Problem(Fault.MissingField, detail) with { Pointer = "/" + field };

    private static Problem At(string field, string code, string detail) => new(code, detail) { Pointer = "/" + field };
}
