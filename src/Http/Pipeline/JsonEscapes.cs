using System.Text.Json;

namespace Ringwright.Http;

/// <summary>What escapes of JSON may say that no text can.</summary>
public static class JsonEscapes
{
    /// <summary>
    /// False when an escaped text cannot be a string, or has a NUL that no database takes. Broken JSON is told apart later.
    /// </summary>
    public static bool AreReadable(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.BodyDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                    && reader.GetString()!.Contains('\0')) return false;      // of these two there is a text
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
