using System.Buffers.Text;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>A document of an account that answers calls, and that the node serves itself.</summary>
public sealed record HostedDocument
{
    /// <summary>As much as a document may have that is fetched from elsewhere.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Of one account.</summary>
    public const int Most = 1_000;

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    /// <summary>Nobody guesses it; who knows it reads the document.</summary>
    public required string Token { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>256 bits, in 43 characters that need no escape in a URL.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

public sealed record HostedDocumentPage(IReadOnlyList<HostedDocument> Rows, long Total);
