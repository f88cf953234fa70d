using System.Text.Json.Nodes;

namespace Ringwright.Agency;

/// <summary>Who is told of an agency's alerts, beside those who list them. Pure.</summary>
internal static class AlertSetting
{
    /// <summary>The agency's setting, and the URL in it at which its own system is told.</summary>
    public const string Setting = "alerts", Webhook = "webhook";

    private const string Mail = "email";
    private const int MostMails = 10, LongestMail = 254, LongestUrl = 2_048;

    /// <param name="settings">The agency's.</param>
    public static IReadOnlyList<string> MailsOf(JsonObject settings) =>
        settings[Setting] is JsonObject said && said[Mail] is JsonArray list ? [.. list.Select(TextOf).OfType<string>()] : [];

    /// <returns>Null for none.</returns>
    public static string? WebhookOf(JsonObject settings) => settings[Setting] is JsonObject said ? TextOf(said[Webhook]) : null;

    /// <summary>What is wrong with the setting; null when nothing is. Whether the URL may be asked is for others to say.</summary>
    public static string? FaultOf(JsonNode setting)
    {
        if (setting is not JsonObject given || given.Any(one => one.Key is not (Mail or Webhook)))
            return $"It is an object with {Mail} and {Webhook}.";
        if (given[Mail] is { } mails && !(mails is JsonArray { Count: <= MostMails } list && list.All(IsAddress)))
            return $"{Mail} is a list of {MostMails} addresses at most.";
        bool isWrong = given[Webhook] is { } url && TextOf(url) is not { Length: > 0 and <= LongestUrl };
        return isWrong ? $"{Webhook} is a URL." : null;
    }

    private static bool IsAddress(JsonNode? one) => TextOf(one) is { Length: <= LongestMail } email && PasswordMail.IsAddress(email);

    private static string? TextOf(JsonNode? one) => one is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
