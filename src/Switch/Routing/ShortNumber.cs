namespace Ringwright.Switch.Routing;

/// <summary>
/// Numbers that have no international form: emergency and service numbers. A route leads there only when its prefix names them.
/// </summary>
internal static class ShortNumber
{
    public static bool Is(string text) => text.Length is >= 2 and <= 6 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
