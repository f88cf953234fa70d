using System.Globalization;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace Ringwright.Speech.Polly;

/// <summary>
/// Signs a request to Amazon (docs.aws.amazon.com/IAM, "Create a signed AWS API request", Signature Version 4). The library derives the
/// key and signs; its client of Polly would send by sockets of its own.
/// </summary>
internal static class PollySignature
{
    public const string ContentType = "application/json";

    private const string Service = "polly", UsualRegion = "us-east-1";

    /// <returns>The headers that the request needs besides its content type.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Uri url, ReadOnlySpan<byte> body, PollySpeechOptions options,
        DateTimeOffset now)
    {
        string date = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string hash = Convert.ToHexStringLower(SHA256.HashData(body));
        const string names = "content-type;host;x-amz-content-sha256;x-amz-date";
        string canonical = $"POST\n{url.AbsolutePath}\n\ncontent-type:{ContentType}\nhost:{url.Authority}\nx-amz-content-sha256:{hash}\n"
            + $"x-amz-date:{date}\n\n{names}\n{hash}";
        var signed = AWS4Signer.ComputeSignature(new ImmutableCredentials(options.AccessKey, options.Secret, token: null),
            RegionOf(url.Host), now.UtcDateTime, Service, names, canonical);
        return [new("x-amz-date", date), new("x-amz-content-sha256", hash), new("authorization", signed.ForAuthorizationHeader)];
    }

    /// <summary>"eu-central-1" of "polly.eu-central-1.amazonaws.com"; of any other name Amazon's first.</summary>
    private static string RegionOf(string host) =>
        host.Split('.') is [Service or "polly-fips", var region, "amazonaws", ..] ? region : UsualRegion;
}
