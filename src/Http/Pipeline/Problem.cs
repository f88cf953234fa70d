namespace Ringwright.Http;

/// <summary>One entry of an error body. Title and status come from the dialect's <see cref="ErrorCatalogue"/> unless said here.</summary>
/// <param name="Code">A code of the catalogue, such as "10015".</param>
/// <param name="Detail">A sentence for the customer; null takes the title.</param>
public sealed record Problem(string Code, string? Detail = null)
{
    /// <summary>JSON pointer into the request body.</summary>
    public string? Pointer { get; init; }
    /// <summary>Name of the query parameter, where that is wrong.</summary>
    public string? Parameter { get; init; }
    /// <summary>Where errors are written as RFC 6749 says: the word of <c>error</c>; null takes the one that the status has.</summary>
    public string? Word { get; init; }
    /// <summary>In place of the catalogue's status.</summary>
    public int? Status { get; init; }
}
