using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>Whose rules codes follow: by which ways they go, to which countries, how long they are and how long they count.</summary>
internal static class VerifyProfiles
{
    public const string RecordType = "verification_profile";

    /// <summary>Of codes by text: what they are from in place of a number.</summary>
    public const string Sender = "alpha_sender";

    private const int LongestName = 255;
    private const string Template = "messaging_template_id", Timeout = "default_verification_timeout_secs",
        ShortTimeout = "default_timeout_secs", AppName = "app_name", Destinations = "whitelisted_destinations", UsualSender = "Telnyx";
    private static readonly string[] Urls = ["webhook_url", "webhook_failover_url"], Times = ["created_at", "updated_at"],
        Channels = [.. Enum.GetValues<CodeWay>().Select(ChannelOf)];

    public static ResourceKind Kind(VerifyParts parts) => new(RecordType)
    {
        // A channel's own defaults are those of one that is there.
        Defaults = new() { ["sms"] = null, ["call"] = null, ["flashcall"] = null },
        Merged = Channels,
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        Show = (_, row, shown) =>
        {
            foreach (string channel in Channels)
                if (row.Body[channel] is null) shown.Remove(channel);
            // This family's records have microseconds, and no zone.
            foreach (string field in Times)
                if (shown.ContainsKey(field)) shown[field] = VerificationBody.Time(field == Times[0] ? row.CreatedAt : row.UpdatedAt);
        },
    };

    public static string ChannelOf(CodeWay way) => SnakeName.Of(way);

    public static async ValueTask<ResourceRow?> FindAsync(Database store, TenantId tenant, string? id, CancellationToken stop) =>
        Guid.TryParse(id, out var guid)
            ? await store.Documents.Rows(new DocumentKind(RecordType)).FindAsync(tenant, guid.ToString(), stop) : null;

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, VerifyParts parts)
    {
        if (body.Text("name") is not { } name || name.Trim().Length is 0 or > LongestName)
            return At("/name", $"name must have 1 to {LongestName} characters.");
        foreach (string channel in Channels)
            if (body[channel] is null) body.Remove(channel);
        foreach (var way in Enum.GetValues<CodeWay>())
            if (body.Child(ChannelOf(way)) is { } channel && await CheckAsync(op, channel, way, parts) is { } problem) return problem;
        foreach (string field in Urls)
            if (body.Filled(field) is { } url
                    && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                return new(VoiceErrors.InvalidUrl, verdict.Detail ?? $"{field} is no URL that may be used.") { Pointer = "/" + field };
        return null;
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject channel, CodeWay way, VerifyParts parts)
    {
        string at = "/" + ChannelOf(way);
        // Guides to the API, and programs that follow them, call it so.
        if (channel[ShortTimeout] is { } said)
        {
            if (channel.Whole(ShortTimeout) is null) return At($"{at}/{ShortTimeout}", $"{ShortTimeout} must be a whole number.");
            channel[Timeout] = said.DeepClone();
        }
        channel.Remove(ShortTimeout);
        // The contract's default is the vendor's own name, which nobody here has.
        if (way is CodeWay.Sms && channel.Text(Sender) is null or "" or UsualSender) channel[Sender] = null;
        if (channel.Text(Sender) is { } sender && !sender.Any(char.IsAsciiLetter))
            return At($"{at}/{Sender}", $"{Sender} must have a letter: digits alone are a number.");
        if (channel.Text(AppName) is "") channel.Remove(AppName);
        CountryFields.Lay(channel, Destinations);
        if (way is CodeWay.Sms && channel.Texts(Destinations).Count == 0)
            return At($"{at}/{Destinations}", $"{Destinations} must name at least one country.");
        if (Range(channel, "code_length", CodeTerms.DigitRange) is { } length) return At($"{at}/code_length", length);
        if (Range(channel, Timeout, CodeTerms.TimeoutRange) is { } timeout) return At($"{at}/{Timeout}", timeout);
        return channel.Filled(Template) is { } template
            && await VerifyTemplates.FindAsync(parts.Store, op.Tenant, template, op.Stop) is null
            ? At($"{at}/{Template}", $"{Template} names no template of this account.") : null;
    }

    /// <summary>What is wrong with a number; null when nothing is.</summary>
    public static string? Range(JsonObject body, string field, (int Least, int Most) range) =>
        body[field] is null || (body.Whole(field) is { } value && value >= range.Least && value <= range.Most) ? null
            : $"{field} must be {range.Least} to {range.Most}.";

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = pointer, Status = 400 };
}
