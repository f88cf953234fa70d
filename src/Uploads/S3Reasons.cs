namespace Ringwright.Uploads;

/// <summary>
/// Why S3 does not do what it is asked, by the codes of its documentation (API reference, "Error responses"), in words of our own. What
/// else stands in an answer may be anything, of any server that a customer names, and is not repeated to him.
/// </summary>
internal static class S3Reasons
{
    /// <summary>It is the clock of this machine that is wrong, which no customer can mend.</summary>
    public const string WrongClock = "RequestTimeTooSkewed";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["AccessDenied"] = "its keys may not write there",
        ["AccountProblem"] = "something is wrong with its account",
        ["AllAccessDisabled"] = "it is shut to all",
        ["AuthorizationHeaderMalformed"] = "it is in another region",
        ["BucketRegionError"] = "it is in another region",
        ["EntityTooLarge"] = "the file is larger than it takes",
        ["ExpiredToken"] = "its keys have expired",
        ["InternalError"] = "something failed there",
        ["InvalidAccessKeyId"] = "there is no such access key",
        ["InvalidBucketName"] = "no bucket can have that name",
        ["InvalidToken"] = "its keys need a token",
        ["KeyTooLongError"] = "the name of the file is longer than it takes",
        ["NoSuchBucket"] = "there is no such bucket",
        ["NotSignedUp"] = "its account has no S3",
        ["PermanentRedirect"] = "it is in another region",
        ["QuotaExceeded"] = "it is full",
        [WrongClock] = "the clock of the node is wrong",
        ["ServiceUnavailable"] = "it takes nothing at the moment",
        ["SignatureDoesNotMatch"] = "the secret is not the access key's",
        ["SlowDown"] = "it takes no more at the moment",
        ["XMinioStorageFull"] = "it is full",
    };

    /// <returns>" (AccessDenied: …)"; "" for a code that nobody has documented.</returns>
    public static string Of(string? code) => code is not null && Known.TryGetValue(code, out string? words) ? $" ({code}: {words})" : "";
}
