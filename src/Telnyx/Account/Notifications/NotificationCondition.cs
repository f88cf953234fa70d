namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>Something that accounts can be told of. A row here is something that this program really notices.</summary>
internal sealed record NotificationCondition
{
    public required string Id { get; init; }
    public required string EventId { get; init; }
    /// <summary>What the notification's event is called: "notification.webhook.failed".</summary>
    public required string EventType { get; init; }
    public required string Name { get; init; }
    /// <summary>
    /// True when it watches one number, which the parameter <see cref="PhoneNumber"/> names; else it watches the account.
    /// </summary>
    public bool IsOfNumber { get; init; }
    public IReadOnlyList<ConditionParameter> Parameters { get; init; } = [];

    /// <summary>Name of the parameter that holds the number.</summary>
    public const string PhoneNumber = "phone_number";

    public string AssociatedRecordType => IsOfNumber ? "phone_number" : "account";
}

/// <summary>What a setting says to its condition.</summary>
/// <param name="Type">"string" or "decimal".</param>
internal sealed record ConditionParameter(string Name, string Type, bool IsOptional);
