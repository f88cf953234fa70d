namespace Ringwright.Media.Dsp;

/// <summary>A discrete Fourier transform in place, of a power of two; allocates nothing.</summary>
public sealed class Fourier
{
    private readonly int[] _reversed;
    private readonly float[] _cosine, _sine;

    public Fourier(int size)
    {
        Size = size;
        _reversed = new int[size];
        for (int i = 1; i < size; i++) _reversed[i] = _reversed[i >> 1] >> 1 | ((i & 1) == 1 ? size >> 1 : 0);
        (_cosine, _sine) = (new float[size / 2], new float[size / 2]);
        for (int i = 0; i < size / 2; i++)
            (_cosine[i], _sine[i]) = ((float)Math.Cos(2 * Math.PI * i / size), (float)-Math.Sin(2 * Math.PI * i / size));
    }

    public int Size { get; }

    /// <summary>Radix 2, decimation in time.</summary>
    public void Forward(Span<float> real, Span<float> imaginary)
    {
        for (int i = 0; i < Size; i++)
        {
            int j = _reversed[i];
            if (j <= i) continue;
            (real[i], real[j]) = (real[j], real[i]);
            (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
        }
        for (int half = 1; half < Size; half *= 2)
        {
            int step = Size / (2 * half);
            for (int start = 0; start < Size; start += 2 * half)
            {
                for (int k = 0; k < half; k++)
                {
                    int low = start + k, high = low + half;
                    float c = _cosine[k * step], s = _sine[k * step];
                    float re = real[high] * c - imaginary[high] * s, im = real[high] * s + imaginary[high] * c;
                    (real[high], imaginary[high]) = (real[low] - re, imaginary[low] - im);
                    (real[low], imaginary[low]) = (real[low] + re, imaginary[low] + im);
                }
            }
        }
    }

    /// <summary>Back, to the same scale: real and imaginary parts change places on the way there and back.</summary>
    public void Inverse(Span<float> real, Span<float> imaginary)
    {
        Forward(imaginary, real);
        for (int i = 0; i < Size; i++) (real[i], imaginary[i]) = (real[i] / Size, imaginary[i] / Size);
    }
}
