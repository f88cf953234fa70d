using System.Text;

namespace Ringwright.Egress;

/// <summary>
/// The user name and password that stand before the host of a URL. Neither HttpClient nor ClientWebSocket sends them; customers who protect
/// their servers so expect Basic authentication (RFC 7617) from whoever is given such a URL.
/// </summary>
internal static class UrlCredentials
{
    public const string Header = "Authorization";

    /// <returns>The header's value; null where the URL names nobody.</returns>
    public static string? Of(Uri uri)
    {
        if (uri.UserInfo.Length == 0) return null;
        string[] parts = uri.UserInfo.Split(':', 2);
        string password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.UnescapeDataString(parts[0])}:{password}"));
    }
}
