using Ringwright.Speech.Recognition.Segments;

namespace Ringwright.Edge.Speech.Recognition;

public sealed class SegmenterTests
{
    private const int Rate = 8_000;
    private readonly List<SpeechSegment> _found = [];

    [Fact]
    public void Silence_and_faint_noise_are_no_speech()
    {
        var segmenter = Segmenter(new());
        segmenter.Handle(Sounds.Silence(Rate, 5_000));
        segmenter.Handle(Sounds.Tone(Rate, 5_000, size: 60));
        segmenter.Finish();
        Assert.Empty(_found);
    }

    [Fact]
    public void A_piece_begins_before_the_voice_and_ends_within_the_pause()
    {
        var segmenter = Segmenter(new() { Pause = 600, Before = 300, After = 200 });
        segmenter.Handle([.. Sounds.Silence(Rate, 2_000), .. Sounds.Tone(Rate, 1_000), .. Sounds.Silence(Rate, 2_000)]);
        var piece = Assert.Single(_found);
        // Noticed 60 ms after it began, with 300 ms from before that.
        Assert.Equal(2_000 + 60 - 300, Milliseconds(piece.Start), 20.0);
        Assert.Equal(240 + 1_000 + 200, Milliseconds(piece.Samples.Length), 40.0);
        Assert.Equal(0, piece.Samples[0]);
        Assert.Equal(8_000, piece.Samples.Max());
    }

    [Fact]
    public void A_breath_does_not_end_a_piece_and_a_pause_does()
    {
        var segmenter = Segmenter(new() { Pause = 600 });
        foreach (int silence in (int[])[400, 1_000, 400])
            segmenter.Handle([.. Sounds.Tone(Rate, 500), .. Sounds.Silence(Rate, silence)]);
        segmenter.Handle(Sounds.Tone(Rate, 500));
        segmenter.Finish();
        Assert.Equal(2, _found.Count);
    }

    [Fact]
    public void Long_speech_is_cut_where_it_is_quiet_and_nothing_of_it_is_lost()
    {
        var segmenter = Segmenter(new() { Most = 3_000, Seam = 1_000 });
        // Words of 420 ms with 80 ms between them: no pause.
        short[] speech = [.. Enumerable.Range(0, 20).SelectMany(_ => (short[])[.. Sounds.Tone(Rate, 420), .. Sounds.Silence(Rate, 80)])];
        segmenter.Handle(speech);
        segmenter.Finish();
        Assert.InRange(_found.Count, 4, 5);
        Assert.All(_found, piece => Assert.InRange(piece.Samples.Length, 1, 3 * Rate));
        for (int i = 1; i < _found.Count; i++)
        {
            Assert.Equal(_found[i].Start, _found[i - 1].Start + _found[i - 1].Samples.Length);
            Assert.All(_found[i].Samples[..160], sample => Assert.Equal(0, sample));
        }
        Assert.Equal(speech, _found.SelectMany(piece => piece.Samples));
    }

    [Fact]
    public void It_does_not_matter_in_which_portions_sound_comes()
    {
        short[] sound = [.. Sounds.Silence(Rate, 700), .. Sounds.Tone(Rate, 900), .. Sounds.Silence(Rate, 900), .. Sounds.Tone(Rate, 333)];
        var whole = Segmenter(new());
        whole.Handle(sound);
        whole.Finish();
        var expected = _found.ToList();
        _found.Clear();
        var portions = Segmenter(new());
        foreach (short[] portion in sound.Chunk(37)) portions.Handle(portion);
        portions.Finish();
        Assert.Equal(2, expected.Count);
        Assert.Equal(expected.Select(piece => (piece.Start, piece.Samples.Length)),
            _found.Select(piece => (piece.Start, piece.Samples.Length)));
    }

    private Segmenter Segmenter(SegmentTerms terms) => new(Rate, terms, _found.Add);

    private static double Milliseconds(long samples) => samples * 1000.0 / Rate;
}
