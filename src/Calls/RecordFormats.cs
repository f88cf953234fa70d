using System.Diagnostics;

namespace Ringwright.Calls;

/// <summary>What files of recordings are called outside.</summary>
public static class RecordFormats
{
    public static string MediaTypeOf(RecordFormat format) => format switch
    {
        RecordFormat.Wav => "audio/wav",
        RecordFormat.Mp3 => "audio/mpeg",
        RecordFormat.Ogg => "audio/ogg",
        _ => throw new UnreachableException(),
    };

    /// <summary>Behind the dot of a name.</summary>
    public static string ExtensionOf(RecordFormat format) => format switch
    {
        RecordFormat.Wav => "wav",
        RecordFormat.Mp3 => "mp3",
        RecordFormat.Ogg => "ogg",
        _ => throw new UnreachableException(),
    };
}
