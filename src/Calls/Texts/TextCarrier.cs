using System.Security.Cryptography;
using System.Text;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Calls.Texts;

/// <summary>What becomes of a part whose answer was lost; stored by name.</summary>
public enum TextDoubt
{
    /// <summary>It never goes once more: nobody gets it twice.</summary>
    Wait,
    /// <summary>It goes once more: somebody may get it twice.</summary>
    Resend,
}

/// <summary>The centre of another network, to which texts go, and from which they come: by SMPP 3.4, or by HTTP.</summary>
public sealed record TextCarrier
{
    public const int UsualPort = 2775, UsualRate = 10, UsualWindow = 10;

    /// <summary>Before the beginning of short codes that it takes texts to; by itself it is all of them.</summary>
    public const string Codes = "code:";

    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public bool IsEnabled { get; init; } = true;
    public required string Host { get; init; }
    public int Port { get; init; } = UsualPort;
    /// <summary>The centre wants two binds, and texts come in at this port, which may be the same; null for one bind.</summary>
    public int? ReceivePort { get; init; }
    public bool IsTls { get; init; }
    public required string SystemId { get; init; }
    public required string Password { get; init; }
    public string SystemType { get; init; } = "";
    /// <summary>Beginnings of +E.164 numbers that it takes texts to, "+" for all; and of short codes, behind <see cref="Codes"/>.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];
    /// <summary>Of several with a prefix of the same length the lowest comes first.</summary>
    public int Priority { get; init; }
    /// <summary>Parts in a second.</summary>
    public int Rate { get; init; } = UsualRate;
    /// <summary>Parts without an answer at one time.</summary>
    public int Window { get; init; } = UsualWindow;
    public SmppAlphabet Alphabet { get; init; }
    public SmppJoining Joining { get; init; }
    public TextDoubt OnUnknown { get; init; }
    /// <summary>It says what becomes of texts; else nobody waits for that.</summary>
    public bool HasReceipts { get; init; } = true;
    /// <summary>How it is asked by HTTP; null for SMPP. Host, port and TLS are those of its URL then.</summary>
    public HttpTextWay? Http { get; init; }
    /// <summary>SHA-256, in small hex letters, of the secret in the path at which a carrier by HTTP tells; null for SMPP.</summary>
    public string? SecretHash { get; init; }

    /// <summary>Whether a word is the secret of its path; it takes as long for a wrong one.</summary>
    public bool IsSecret(string word) => SecretHash is { } hash
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(word)), Encoding.ASCII.GetBytes(hash));

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Characters of its longest prefix that the number begins with; 0 when it does not take it.</summary>
    public int Fits(string number)
    {
        int longest = 0;
        string asked = number.StartsWith('+') ? number : Codes + number;
        foreach (string prefix in Prefixes)
            if (prefix.Length > longest && asked.StartsWith(prefix, StringComparison.Ordinal)) longest = prefix.Length;
        return IsEnabled ? longest : 0;
    }

    /// <summary>Those that take the number, in the order in which they are tried.</summary>
    public static IReadOnlyList<TextCarrier> For(IEnumerable<TextCarrier> all, string number) =>
    [
        .. all.Where(carrier => carrier.Fits(number) > 0).OrderByDescending(carrier => carrier.Fits(number))
            .ThenBy(carrier => carrier.Priority).ThenBy(carrier => carrier.Name, StringComparer.Ordinal),
    ];
}
