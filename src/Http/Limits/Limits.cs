namespace Ringwright.Http;

/// <summary>The limits of the API's edge.</summary>
public static class Limits
{
    /// <summary>Bytes of a JSON or form body. A prompt inside a body may have 1 MiB after base64.</summary>
    public const int BodyBytes = 2 * 1024 * 1024;
    /// <summary>Nesting of a JSON body.</summary>
    public const int BodyDepth = 64;
    /// <summary>Errors told at once.</summary>
    public const int Violations = 20;
    /// <summary>Allowed values listed in an error's detail.</summary>
    public const int ListedValues = 16;
    public const int UrlCharacters = 2_000;
    /// <summary>Cap of page[size] where the contract says none.</summary>
    public const int PageSize = 250;
    /// <summary>Items of a page where neither the request nor the contract says how many.</summary>
    public const int UsualPageSize = 20;
    /// <summary>Filters in one request.</summary>
    public const int Filters = 50;
    /// <summary>Days that a filter's word may reach back.</summary>
    public const int FilterDays = 3_650;
    /// <summary>Callers remembered by the authenticator and by the limiter.</summary>
    public const int RememberedKeys = 10_000;
    /// <summary>Seconds after which a refused caller may try again (503).</summary>
    public const int RetryAfterSeconds = 5;
    /// <summary>Characters of a bearer token; longer ones are no key of ours.</summary>
    public const int TokenCharacters = 4_096;
}
