using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin;

/// <summary>
/// What one socket has subscribed to: <c>customer_id:UUID:campaign</c>, or with <c>:UUID</c> of one behind it; <c>:*</c> is all of them,
/// too. Any thread.
/// </summary>
/// <param name="resources">Of which there are events.</param>
internal sealed class EventTopics(TenantId customer, IReadOnlySet<string> resources)
{
    public const int Most = 100;

    /// <summary>A resource, or one of it.</summary>
    private readonly ConcurrentDictionary<string, byte> _all = new(StringComparer.Ordinal);

    public bool IsEmpty => _all.IsEmpty;

    /// <summary>All of them, or none where one is wrong.</summary>
    /// <returns>Why one is none, as a sentence; null when they are taken.</returns>
    public string? Add(IReadOnlyList<string> topics, out bool isForeign)
    {
        if (Read(topics, out isForeign, out string? fault) is not { } keys) return fault;
        if (_all.Count + keys.Count(key => !_all.ContainsKey(key)) > Most) return $"A socket has at most {Most} topics.";
        foreach (string key in keys) _all[key] = 0;
        return null;
    }

    /// <inheritdoc cref="Add"/>
    public string? Remove(IReadOnlyList<string> topics, out bool isForeign)
    {
        if (Read(topics, out isForeign, out string? fault) is not { } keys) return fault;
        foreach (string key in keys) _all.TryRemove(key, out _);
        return null;
    }

    /// <summary>What is said of the event; null when nobody here wants it.</summary>
    public string? TextOf(OutboxMessage message)
    {
        if (message.Tenant != customer || message.Format != VoipbinWebhookFormat.FormatName) return null;
        string resource = ResourceOf(message.EventType);
        bool isWhole = _all.ContainsKey(resource);
        if (!isWhole && !_all.Keys.Any(key => key.StartsWith(resource + ":", StringComparison.Ordinal))) return null;
        string text = VoipbinWebhookFormat.TextOf(message);
        return isWhole || _all.ContainsKey($"{resource}:{(string?)JsonNode.Parse(text)?["data"]?["id"]}") ? text : null;
    }

    /// <summary>Of an event's name: "campaign_status_run" is of a campaign.</summary>
    public static string ResourceOf(string name) => name.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? name[..end] : name;

    private HashSet<string>? Read(IReadOnlyList<string> topics, out bool isForeign, out string? fault)
    {
        (isForeign, fault) = (false, null);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (string topic in topics)
        {
            if (Read(topic, out isForeign, out fault) is not { } key) return null;
            keys.Add(key);
        }
        return keys;
    }

    private string? Read(string topic, out bool isForeign, out string? fault)
    {
        (isForeign, fault) = (false, null);
        string[] parts = topic.Split(':');
        if (parts is [_, _, _, "*"]) parts = parts[..3];
        if (parts.Length is not (3 or 4) || parts[0] != "customer_id" || !Guid.TryParseExact(parts[1], "D", out var owner)
            || parts.Length == 4 && !Guid.TryParseExact(parts[3], "D", out _))
        {
            fault = "A topic is customer_id:UUID:RESOURCE, or with :UUID of one resource behind it, or :* of all.";
            return null;
        }
        isForeign = owner.ToString() != customer.ToString();
        if (isForeign)
            fault = "This customer's own events can be subscribed to, and nobody else's.";
        else if (!resources.Contains(parts[2])) fault = $"There are no events of '{parts[2]}'.";
        return fault is null ? string.Join(':', parts[2..]).ToLowerInvariant() : null;
    }
}
