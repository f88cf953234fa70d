namespace Ringwright.Speech;

/// <summary>What bounds speech and prompts; the sizes that an operator may change are in <see cref="SpeechOptions"/>.</summary>
public static class Limits
{
    /// <summary>Characters of one text to speak, markup included.</summary>
    public const int TextCharacters = 5_000;

    /// <summary>Bytes of a rendered text: five minutes at 48 kHz, 16 bits.</summary>
    public const int RenderedBytes = 30 * 1024 * 1024;

    /// <summary>Hops that the fetch of one URL follows.</summary>
    public const int Redirects = 3;

    /// <summary>Characters of the reason that a provider gives for a failure, as far as it is passed on.</summary>
    public const int ReasonCharacters = 200;
}
