namespace Ringwright.Conversations;

/// <summary>
/// What a model's server has sent along with a call, and wants back with the call's result: some refuse that without it. Nobody else gets
/// it, for others refuse what they do not know.
/// </summary>
/// <param name="OfMessage">Members of the message that has the call, as a JSON object; null for none.</param>
/// <param name="OfCall">Members of the call, as a JSON object; null for none.</param>
public sealed record ToolCallExtras(string? OfMessage, string? OfCall)
{
    /// <summary>Which model of which server has sent it.</summary>
    public string From { get; init; } = "";

    public int Length => (OfMessage?.Length ?? 0) + (OfCall?.Length ?? 0);

    public static ToolCallExtras? Of(string? message, string? call) => message is null && call is null ? null : new(message, call);
}
