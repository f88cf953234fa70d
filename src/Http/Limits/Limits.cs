namespace Ringwright.Http;

/// <summary>The limits of the API's edge.</summary>
public static class Limits
{
    /// <summary>Bytes of a JSON or form body. A prompt inside a body may have 1 MiB after base64.</summary>
    public const int BodyBytes = 2 * 1024 * 1024;
    /// <summary>
    /// Nesting of a JSON body. Readers of JSON stop at 64, and what is kept of a body lies some levels deeper than it: in a trail, a job,
    /// a backup.
    /// </summary>
    public const int BodyDepth = 48;
    /// <summary>Values of a JSON body, all objects, arrays, texts, numbers and truths together.</summary>
    public const int BodyValues = 100_000;
    /// <summary>Characters of a text for which the contract says no length.</summary>
    public const int TextCharacters = 65_536;
    /// <summary>Items of an array for which the contract says no length.</summary>
    public const int ArrayItems = 10_000;
    /// <summary>Members of one object.</summary>
    public const int ObjectMembers = 1_000;
    /// <summary>Fields of a form, and characters of the name of one.</summary>
    public const int FormFields = 1_000, FormNameCharacters = 512;
    /// <summary>Characters of a query string as it is sent.</summary>
    public const int QueryCharacters = 8_000;
    /// <summary>Parameters of a query string.</summary>
    public const int QueryParameters = 200;
    /// <summary>Bytes of a request's first line, so that a query that is a little too long is answered in the API's own shape.</summary>
    public const int RequestLineBytes = 16 * 1024;
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
    /// <summary>How many times as much as an account all those below it may ask together.</summary>
    public const int RatesBelow = 10;
    /// <summary>Callers remembered by the authenticator and by the limiter.</summary>
    public const int RememberedKeys = 10_000;
    /// <summary>Unknown keys from one address in a minute.</summary>
    public const int UnknownKeys = 100;
    /// <summary>Keys, the newest, that are found at once from an address that has used up its unknown ones.</summary>
    public const int ListedKeys = 100_000;
    /// <summary>Seconds after which a refused caller may try again (503).</summary>
    public const int RetryAfterSeconds = 5;
    /// <summary>Characters of a bearer token; longer ones are no key of ours.</summary>
    public const int TokenCharacters = 4_096;
    /// <summary>Sessions of browsers, and those of one account.</summary>
    public const int Sessions = 10_000, SessionsOfAccount = 100;
    /// <summary>Web sockets of one account in one API.</summary>
    public const int SocketsOfAccount = 100;
    /// <summary>Characters of one scope.</summary>
    public const int ScopeCharacters = 100;
}
