using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Messaging;

/// <summary>A text as this API shows it, whichever API sent it: replies and callbacks alike. What is not known is left out.</summary>
internal static class TelefonieMessage
{
    private const string Queued = "queued", Undelivered = "undelivered", Failed = "failed";

    public static JsonObject Write(TextMessage text)
    {
        var shown = new JsonObject
        {
            ["id"] = text.Id.ToString(),
            ["status"] = StatusOf(text.State),
            ["direction"] = text.Direction is Direction.Inbound ? "inbound" : "outbound",
            ["from"] = text.From,
            ["to"] = text.To,
        };
        // What it said is forgotten before the rest.
        if (text.Words.Length > 0) shown["body"] = text.Words;
        shown["num_segments"] = text.Parts;
        shown["num_media"] = 0;
        if (text is { SentAt: not null, Cost: { } cost })
        {
            shown["price"] = Money.Format(-cost.Micros);
            shown["price_unit"] = cost.Currency;
        }
        shown["date_created"] = TelefonieTime.Text(text.ReceivedAt);
        if (text.SentAt is { } sent) shown["date_sent"] = TelefonieTime.Text(sent);
        shown["date_updated"] = TelefonieTime.Text(text.CompletedAt ?? text.SentAt ?? text.ReceivedAt);
        if (text.Fault is not { } fault) return shown;
        var (code, sentence) = ErrorOf(fault);
        shown["error_code"] = code;
        shown["error_message"] = sentence;
        return shown;
    }

    public static string StatusOf(TextState state) => state switch
    {
        TextState.Scheduled or TextState.Queued => Queued,
        TextState.Sending => "sending",
        TextState.Sent => "sent",
        TextState.Delivered => "delivered",
        TextState.Received => "received",
        TextState.SendingFailed or TextState.Cancelled => Failed,
        _ => Undelivered,
    };

    /// <summary>The states that a word of the contract stands for; none for a word that no text here has.</summary>
    public static IReadOnlyList<TextState> StatesOf(string status) => [.. Enum.GetValues<TextState>().Where(s => StatusOf(s) == status)];

    /// <summary>The codes are this node's own.</summary>
    private static (int Code, string Sentence) ErrorOf(TextFault fault) => fault switch
    {
        TextFault.NoRoute => (1, "No way out of this node leads to the number, or it takes no messages."),
        TextFault.Expired => (2, "The message waited longer than it is valid."),
        TextFault.Blocked => (3, "The recipient has asked for no more messages."),
        TextFault.ProfileDisabled or TextFault.SenderGone => (4, "The number that it is from takes no part in messages any more."),
        TextFault.AccountDisabled => (5, "The account is switched off."),
        TextFault.Loop => (6, "Too many messages go between these two numbers within a minute."),
        TextFault.NotAllowed => (7, "A rule of the node or of the account does not let the message out."),
        TextFault.Unconfirmed => (8, "Nobody said what became of the message."),
        _ => (9, "The far end does not take the message."),
    };
}
