using System.Text;
using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>An attempt as the delivery log keeps it: headers and body limited to 10 kB each.</summary>
internal static class AttemptLog
{
    public const int MaxBytes = 10_000;

    public static DeliveryAttempt Of(int number, string url, DateTimeOffset startedAt, DateTimeOffset finishedAt,
        IReadOnlyList<KeyValuePair<string, string>> sent, EgressResult result) => new()
        {
            Number = number,
            Url = url,
            IsDelivered = result.IsSuccess,
            StartedAt = startedAt,
            FinishedAt = finishedAt,
            Errors = DeliveryCodes.Of(result),
            RequestHeaders = Limit(sent),
            ResponseStatus = result.Status,
            ResponseHeaders = Limit(result.Headers),
            ResponseBody = result.Status is null ? null : Text(result.Body.Span),
        };

    private static List<CustomSipHeader> Limit(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var kept = new List<CustomSipHeader>();
        int bytes = 0;
        foreach (var (name, value) in headers)
        {
            bytes += name.Length + value.Length;
            if (bytes > MaxBytes) break;
            kept.Add(new(name.ToLowerInvariant(), value));
        }
        return kept;
    }

    /// <summary>Whatever came, as text that a database column and a JSON string can hold.</summary>
    private static string Text(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body).Replace('\0', '\uFFFD');
}
