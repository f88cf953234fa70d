namespace Ringwright.Core;

/// <summary>Addresses of servers to which the path of each request is added.</summary>
public static class BaseAddress
{
    /// <summary>The beginning of them all, of a URL that may go on to what is asked there: vendors' pages have both.</summary>
    /// <param name="url">Without a query.</param>
    /// <param name="asked">The path that is added: <c>/chat/completions</c>.</param>
    /// <returns>Without a slash at its end.</returns>
    public static string Of(string url, string asked)
    {
        url = url.TrimEnd('/');
        return url.EndsWith(asked, StringComparison.OrdinalIgnoreCase) ? url[..^asked.Length].TrimEnd('/') : url;
    }
}
