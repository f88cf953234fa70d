using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Texml.Texts;

namespace Ringwright.Texml.Twiml;

/// <summary>Sends a text, as documents do: from a number of the account, which follows no messaging profile.</summary>
internal static class TwimlMessageSend
{
    public static async ValueTask<Reply> Handle(OperationContext op, TwimlParts parts)
    {
        if (parts.Documents.Texts is not { } texts) return op.Fail(Fault.Unavailable, "This node sends no texts.");
        var body = op.ReadObject();
        if (string.IsNullOrEmpty((string?)body["To"])) return op.Fail(new Problem(TwimlErrors.NoRecipient, "To is required."));
        if (string.IsNullOrEmpty((string?)body["From"])) return op.Fail(new Problem(TwimlErrors.NoSender, "From is required."));
        string? callback = (string?)body["StatusCallback"] is { Length: > 0 } url ? url : null;
        if (callback is not null
            && await parts.Voice.Egress.CheckUrlAsync(callback, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
            return op.Fail(TwimlErrors.Bad("StatusCallback", verdict.Detail ?? "StatusCallback is no URL that may be used."));
        var order = OrderOf(op, body) with { Callback = callback is null ? null : new(callback) };
        var (text, obstacle) = await texts.SendAsync(order, op.Stop);
        return text is not null ? op.Bare(201, TwimlMessages.Show(op, text))
            : op.Fail(new Problem(obstacle!.Code, $"The text cannot be sent: {obstacle.Said}."));      // one of the two is there
    }

    private static TextOrder OrderOf(OperationContext op, JsonObject body)
    {
        // Both are there.
        string from = TwimlCallBody.PartyOf((string)body["From"]!), to = TwimlCallBody.PartyOf((string)body["To"]!);
        string words = (string?)body["Body"] ?? "";
        var id = Guid.CreateVersion7(op.Now);
        return new(op.Tenant, from, to, (bool?)body["SmartEncoded"] is true ? PlainWords.Of(words) : words)
        {
            Id = id,
            Files = [.. (body["MediaUrl"] as JsonArray ?? []).Select(file => (string?)file ?? "").Where(file => file.Length > 0)],
            Life = (int?)body["ValidityPeriod"] is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Joining = (was, becomes) => op.Note("updated", "phone_number", becomes.Text, FieldsOf(was), FieldsOf(becomes)),
            Work = op.Note("created", TwimlMessages.RecordType, id.ToString()),
        };
    }

    private static JsonObject FieldsOf(Number number) => new() { ["messaging_profile_id"] = number.MessagingProfile?.ToString() };
}
