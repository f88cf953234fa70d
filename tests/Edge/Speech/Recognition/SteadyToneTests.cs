using Ringwright.Speech.Recognition.Segments;

namespace Ringwright.Edge.Speech.Recognition;

public sealed class SteadyToneTests
{
    private const int Rate = 16_000;

    [Theory]
    [InlineData(1_000, 425), InlineData(2_000, 440, 480), InlineData(400, 400, 450), InlineData(500, 480, 620), InlineData(1_000, 350, 440)]
    [InlineData(1_000, 50), InlineData(1_000, 60, 120), InlineData(1_000, 50, 100, 150), InlineData(400, 770, 1_336)]
    public void Tones_of_networks_hum_and_keys_stand_still(int milliseconds, params int[] hertz)
    {
        Assert.True(SteadyTone.Is(Piece(Chord(milliseconds, hertz)), Rate));
        // As the line has it: 30 dB of noise below it.
        var noise = new Random(7);
        Assert.True(SteadyTone.Is(Piece([.. Chord(milliseconds, hertz).Select(s => (short)(s + noise.Next(-200, 200)))]), Rate));
    }

    [Fact]
    public void Busy_tone_in_one_piece_stands_still()
    {
        short[] burst = [.. Chord(500, 480, 620), .. new short[Rate / 2]];
        Assert.True(SteadyTone.Is([.. burst, .. burst, .. burst, .. burst], Rate));
    }

    [Fact]
    public void What_moves_has_many_parts_or_is_short_is_no_tone()
    {
        Assert.False(SteadyTone.Is(Piece(Sounds.Voice(Rate, 1_000)), Rate));
        // The vowel of a machine whose pitch never moves.
        Assert.False(SteadyTone.Is(Piece(Chord(1_000, 120, 240, 360, 480, 600)), Rate));
        // A vowel whose two parts fall by an eighth.
        Assert.False(SteadyTone.Is(Piece([.. Enumerable.Range(0, Rate / 2).Select(i => (short)(4_000
            * (Math.Sin(2 * Math.PI * (220 - 14.0 * i / (Rate / 2)) * i / Rate)
                + Math.Sin(2 * Math.PI * (440 - 28.0 * i / (Rate / 2)) * i / Rate))))]), Rate));
        Assert.False(SteadyTone.Is(Piece(Chord(150, 425)), Rate));
        // A tone, and somebody speaks behind it.
        Assert.False(SteadyTone.Is(Piece([.. Chord(600, 425), .. Sounds.Voice(Rate, 600)]), Rate));
        Assert.False(SteadyTone.Is(new short[Rate], Rate));
        Assert.False(SteadyTone.Is([], Rate));
    }

    /// <summary>With the silence around it that pieces have.</summary>
    private static short[] Piece(short[] sound) => [.. new short[Rate * 3 / 10], .. sound, .. new short[Rate / 5]];

    private static short[] Chord(int milliseconds, params int[] hertz) =>
        [.. Enumerable.Range(0, Rate / 1000 * milliseconds).Select(i =>
            (short)hertz.Sum(one => 8_000.0 / hertz.Length * Math.Sin(2 * Math.PI * one * i / Rate)))];
}
