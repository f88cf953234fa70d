using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Http;

/// <summary>
/// The header by which a client says that a request may be one that it has sent before. Each API reads it here; where the first request
/// and its answer are kept, and what another request under the same key is told, is the API's own.
/// </summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    /// <summary>In characters.</summary>
    public const int Longest = 255;
    /// <summary>So long a key stands for its first request.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Null for a request without one.</summary>
    public static string? Of(OperationContext op) => op.Header(Header) is { Length: > 0 } key ? key : null;

    /// <summary>A sentence about a key that is none; null when it is one.</summary>
    public static string? FaultOf(string key) => key.Length <= Longest ? null : $"{Header} may have {Longest} characters.";

    /// <summary>Two requests are the same by their operation, what stands in its path, their body as it came and their files.</summary>
    /// <returns>SHA-256 in lower-case hexadecimal digits.</returns>
    public static string HashOf(OperationContext op)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string path = string.Join('\n', op.Operation.PathNames.Select(op.Path));
        hash.AppendData(Encoding.UTF8.GetBytes($"{op.Operation.Id}\n{path}\n"));
        hash.AppendData(op.RawBody.Span);
        foreach (var file in op.Files) hash.AppendData(file.Content.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
