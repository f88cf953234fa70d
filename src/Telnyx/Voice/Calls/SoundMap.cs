using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary><c>sound_modifications</c> of a dial, an answer and a transfer: of the leg that the command answers or dials.</summary>
internal static class SoundMap
{
    private const string Field = "sound_modifications";

    /// <returns>Null when nothing is to change, or when the body's problems say why not.</returns>
    public static SoundModification? Map(VoiceBody body)
    {
        if (body.Json[Field] is not JsonObject given) return null;
        // Each has a value of its own that changes nothing, so together they are the one after the other.
        double pitch = Number("pitch", 1, value => value > 0, "pitch must be greater than 0.")
            * Math.Pow(2, Within("semitone", VoiceLimits.Semitones) / 12)
            * Math.Pow(2, Within("octaves", VoiceLimits.Octaves));
        string track = given["track"] is JsonValue text && text.TryGetValue(out string? word) ? word : "outbound";
        if (track is not ("inbound" or "outbound" or "both"))
            body.Refuse(VoiceErrors.BadRequest, $"{Field}/track", "track must be one of: inbound, outbound, both.");
        bool isWithin = pitch is >= SoundModification.LeastPitch and <= SoundModification.MostPitch;
        if (!isWithin)
            body.Refuse(VoiceErrors.BadRange, Field, string.Create(CultureInfo.InvariantCulture,
                $"pitch, semitone and octaves together may change the pitch by two octaves, 0.25 to 4 times; these make {pitch:G4}."));
        if (pitch is 1 || !isWithin) return null;
        return new(pitch) { IsOfSaid = track is "inbound" or "both", IsOfHeard = track is "outbound" or "both" };

        double Within(string name, int most) =>
            Number(name, 0, value => Math.Abs(value) <= most, $"{name} must be from -{most} to {most}.");

        double Number(string name, double usual, Func<double, bool> isRight, string detail)
        {
            if (given[name] is not JsonValue value || !value.TryGetValue(out double number)) return usual;
            if (isRight(number)) return number;
            body.Refuse(VoiceErrors.BadRange, $"{Field}/{name}", detail);
            return usual;
        }
    }
}
