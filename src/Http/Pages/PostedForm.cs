using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ringwright.Http;

/// <summary>What the form of a page has sent.</summary>
public static class PostedForm
{
    /// <param name="most">Bytes.</param>
    /// <returns>Null when it is no form, is longer, or cannot be read.</returns>
    public static async ValueTask<IFormCollection?> ReadAsync(HttpContext http, int most)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = most;
        if (!http.Request.HasFormContentType) return null;
        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }
}
